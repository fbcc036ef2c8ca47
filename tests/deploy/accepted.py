"""Whether the services' own binaries accept what the chart gives them: each container's environment and --check-config."""
import base64
import pathlib
import subprocess
import tempfile

import containers
import settings

# Long enough for a token, and the base64 of as many bytes as a key has.
SECRET = base64.b64encode(b"k" * 32).decode()


def environment(container, folder):
    """The variables of a container, with files of secrets at `folder`."""
    env = {}
    for name, value in container["env"].items():
        if value in container["files"]:
            file = folder / value.strip("/").replace("/", "-")
            file.write_text(SECRET)
            value = str(file)
        env[name] = value
    return env


def check(objects, binaries):
    for container in containers.describe(objects):
        if container["container"] not in settings.SERVICES.values():
            continue
        with tempfile.TemporaryDirectory() as folder:
            env = environment(container, pathlib.Path(folder))
            done = subprocess.run([binaries / container["container"], "--check-config"], env=env, capture_output=True,
                                  text=True)
        if done.returncode != 0:
            yield f"{container['object']}: {done.stderr.strip()}"
