"""Whose branch an entry of the register is, checked over the register as a whole (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from creditreport.entities.entity import BusinessEntity

OWN_BRANCH = "登记为自己的分支机构 / it is registered as a branch of itself"
RING = "隶属关系成环：{ring} / the register has a ring of branches"


def impossible_links(entities: Mapping[str, BusinessEntity]) -> dict[str, str]:
    """Entries whose parent cannot be, with the reason: a branch of itself, or one in a ring of branches.

    A parent that this register does not have is another city's, and no fault. Those that only hang on a ring are not
    in it: whose branches they are is certain.
    """
    found: dict[str, str] = {}
    done: set[str] = set()
    for start in sorted(entities):
        path: list[str] = []
        key: str | None = start
        while key is not None and key in entities and key not in done and key not in path:
            path.append(key)
            key = entities[key].parent_register_id
        if key is not None and key in path:
            ring = path[path.index(key) :]
            told = OWN_BRANCH if len(ring) == 1 else RING.format(ring=" → ".join([*ring, ring[0]]))
            found.update(dict.fromkeys(ring, told))
        done.update(path)
    return found
