"""The documents of the chat room's contract: contract.py CHATROOM.

The compiler of TypeScript checks a module that uses the types as socket.io-client does, and one that uses them wrongly.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from server import root

executable = sys.argv[1]


def document(form):
    return subprocess.run([executable, "--contract", form], cwd=root, check=True, capture_output=True, text=True).stdout


def compiled(folder):
    """The compiler's exit status and messages."""
    result = subprocess.run(["tsc", "--project", "."], cwd=folder, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    shutil.copy(pathlib.Path(root) / "Tests/ClientTests/TypeScript/chat.ts", folder)
    options = {"noEmit": True, "strict": True, "target": "es2022", "module": "es2022", "moduleResolution": "node", "types": []}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["chat.ts"]}))
    types = document("typescript")
    (folder / "events.d.ts").write_text(types)
    status, messages = compiled(folder)
    assert status == 0, messages
    # If the declarations changed, the compiler would say so.
    (folder / "events.d.ts").write_text(types.replace("text: string", "words: string"))
    status, messages = compiled(folder)
    assert status != 0 and "'text'" in messages, messages

described = json.loads(document("asyncapi"))
assert described["asyncapi"] == "3.0.0" and described["info"] == {"title": "Chatroom", "version": "1.0.0"}, described
messages, schemas = described["components"]["messages"], described["components"]["schemas"]


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from references(child)


for reference in references(described):
    target = described
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
assert schemas["Line"]["required"] == ["who", "text", "at"], schemas
assert messages["say"]["payload"]["items"] == [{"title": "text", "type": "string"}], messages["say"]
assert described["operations"]["receive_say"]["action"] == "receive" and described["operations"]["send_line"]["action"] == "send"
print("the documents of the contract: passed")
