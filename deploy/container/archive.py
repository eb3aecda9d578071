"""Makes an archive as `docker save` writes it, which keeps health checks; OCI has none.

Two builds give the same one: what names the container that an image was built in is taken out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path


def pack(pushed: Path, archive: Path, built: int) -> None:
    """Turn what buildah pushed into `archive`; `built` is its Unix time."""
    folder = pushed.with_suffix("")
    folder.mkdir()
    _run("tar", "-C", str(folder), "-xf", str(pushed))
    pushed.unlink()
    for layer in unname(folder):  # not the whole: Podman does not read that
        _run("gzip", "-n", str(layer))
        layer.with_name(f"{layer.name}.gz").rename(layer)
    names = sorted(path.name for path in folder.iterdir())  # "./" before a name is not understood
    _run("tar", "-C", str(folder), f"--mtime=@{built}", "--owner=0", "--group=0",
         "--numeric-owner", "--mode=a+rX,u+w,go-w", "--format=gnu", "-cf", str(archive),
         *names)  # fmt: skip
    shutil.rmtree(folder)


def unname(folder: Path) -> list[Path]:
    """Take the names out of an unpacked archive, and what only old Docker reads; return layers."""
    [told] = json.loads((folder / "manifest.json").read_text("utf-8"))
    config = json.loads((folder / told["Config"]).read_text("utf-8"))
    config.pop("container", None)
    for part in ("config", "container_config"):
        config.get(part, {}).pop("Hostname", None)
    for path in folder.iterdir():
        if path.name not in told["Layers"]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    text = json.dumps(config, sort_keys=True)
    told["Config"] = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    (folder / told["Config"]).write_text(text, "utf-8")
    (folder / "manifest.json").write_text(json.dumps([told]), "utf-8")
    return [folder / name for name in told["Layers"]]


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
