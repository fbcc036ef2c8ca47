#!/usr/bin/env python3
"""Prints what each container of a rendered chart runs with, as JSON: a list of {object, container, image, args, env, files}.

`env` is what has a plain value; `files` maps each path that the container sees of a Secret to {secret, key}.

  containers.py HELM VALUES…
"""
import json
import sys

import chart


def files_of(spec, container):
    volumes = {volume["name"]: volume.get("secret") for volume in spec.get("volumes", [])}
    found = {}
    for mount in container.get("volumeMounts", []):
        secret = volumes.get(mount["name"])
        for item in secret["items"] if secret else []:
            found[f"{mount['mountPath']}/{item['path']}"] = {"secret": secret["secretName"], "key": item["key"]}
    return found


def describe(objects):
    return [{"object": chart.label(one), "container": container["name"], "image": container["image"],
             "args": container.get("args", []),
             "env": {variable["name"]: variable["value"] for variable in container["env"] if "value" in variable},
             "files": files_of(spec, container)}
            for one, spec, container in chart.containers(objects)]


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(json.dumps(describe(chart.render(sys.argv[1], *sys.argv[2:])), indent=2))
