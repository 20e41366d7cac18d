// The front page: stores the nickname for the rooms.
const name = document.querySelector("#name");
name.value = localStorage.getItem("name") ?? "";
document.querySelector("#enter").addEventListener("submit", () => {
  if (name.value.trim()) localStorage.setItem("name", name.value.trim());
});
