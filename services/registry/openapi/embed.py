#!/usr/bin/env python3
"""Makes text files into C++ constants: embed.py OUT.cc HEADER NAME=FILE…"""
import pathlib
import sys


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    out, header, *constants = sys.argv[1:]
    lines = [f'#include "{header}"', "", "namespace webhook {", ""]
    for constant in constants:
        name, file = constant.split("=", 1)
        text = pathlib.Path(file).read_text()
        # A literal may hold 64 KiB; longer texts are joined from pieces.
        pieces = [text[i : i + 16000] for i in range(0, len(text), 16000)]
        lines.append(f"const std::string_view {name} =")
        lines += [f'    R"embedded({piece})embedded"' for piece in pieces]
        lines[-1] += ";"
        lines.append("")
    lines.append("}  // namespace webhook")
    pathlib.Path(out).write_text("\n".join(lines) + "\n")


main()
