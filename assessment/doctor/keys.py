"""The key of the records: whether it is there, can be read, and is theirs."""

from __future__ import annotations

from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import AS_SERVICE, Here
from assessment.records import key_ring
from assessment.records.key_ring import Ring
from assessment.records.vault import Vault
from assessment.web.server.secret import RECORDS_KEY_FILE

ABOUT = "keys"
_BACK = "put the right one back from your safe place"


def read(here: Here) -> Ring | Finding:
    """Return the keys, or what is wrong with their file; none is made here."""
    file = here.settings.instance / RECORDS_KEY_FILE
    try:
        return key_ring.read(file.read_bytes())
    except FileNotFoundError:
        return to_do(
            ABOUT,
            f"there is no {file}",
            f"start the product if it has never run; otherwise {_BACK}",
        )
    except ValueError:
        return to_do(ABOUT, f"{file} is not a key of this product", _BACK)
    except OSError:
        return cannot_tell(ABOUT, f"{file} cannot be read by this user", AS_SERVICE)


def vault_of(keys: Ring | Finding) -> Vault:
    """Return what recognises the records of these keys; without keys, what recognises none."""
    if isinstance(keys, Finding):
        return Vault([bytes(key_ring.KEY_BYTES)])
    return Vault(keys.secrets, keys.retired)


def check(keys: Ring | Finding, *, are_theirs: bool) -> Finding:
    """Return how the keys are; `are_theirs` says whether the records are sealed with them."""
    if isinstance(keys, Finding):
        return keys
    if not are_theirs:
        return to_do(ABOUT, "records.key is not the key that sealed the records", _BACK)
    return well(ABOUT, "records.key is the key that sealed the records")
