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
    """Turn what buildah pushed into `archive` (.tar.gz); `built` is its Unix time."""
    folder = pushed.with_suffix("")
    folder.mkdir()
    subprocess.run(["tar", "-C", str(folder), "-xf", str(pushed)], check=True)  # noqa: S603, S607
    pushed.unlink()
    unname(folder)
    draft = pushed.with_name(archive.stem)
    subprocess.run(  # noqa: S603  our own arguments
        ["tar", "-C", str(folder), "--sort=name", f"--mtime=@{built}", "--owner=0",  # noqa: S607
         "--group=0", "--numeric-owner", "--mode=a+rX,u+w,go-w", "--format=gnu",
         "-cf", str(draft), "."], check=True,
    )  # fmt: skip
    shutil.rmtree(folder)
    with archive.open("wb") as packed:
        subprocess.run(["gzip", "-nc", str(draft)], stdout=packed, check=True)  # noqa: S603, S607
    draft.unlink()


def unname(folder: Path) -> None:
    """Take the names out of an unpacked archive, and the files that only old Docker reads."""
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
