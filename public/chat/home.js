"use strict";

document.getElementById("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  location.href = "/chat/" + encodeURIComponent(document.getElementById("room").value);
});
