"""A building model of 200 MB is read in a gibibyte of memory, and says how far it has come."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from lifecycle.importing.building.own_process import read_building_facts
from lifecycle.importing.reading import ReadOptions
from tests.conftest import REPOSITORY

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('large.ifc','2026-03-01T12:00:00',('a'),('b'),'c','d','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCPROJECT('0000000000000000000001',$,'Large',$,$,$,$,$,$);
"""


def write_large(path: Path, *, mib: int) -> int:
    """Write a model of so many MiB, nearly all of it geometry, and return how many pumps it has."""
    chance, number, pumps = random.Random(1), 2, 0  # noqa: S311 - the same each time
    with path.open("w", encoding="ascii") as file:
        file.write(HEAD)
        while file.tell() < mib * 2**20:
            first = number
            for _ in range(400):
                x, y, z = (chance.random() * 100 for _ in range(3))
                file.write(f"#{number}=IFCCARTESIANPOINT(({x:.6f},{y:.6f},{z:.6f}));\n")
                number += 1
            file.write(f"#{number}=IFCPOLYLOOP(({','.join(f'#{point}' for point in range(first, number))}));\n")
            guid = f"{number:022d}"
            file.write(
                f"#{number + 1}=IFCPUMP('{guid}',$,'Pump','it''s; one',$,$,$,'P-{pumps}',.CIRCULATOR.);\n"
                f"#{number + 2}=IFCPROPERTYSINGLEVALUE('Flow',$,IFCREAL(12.5),$);\n"
                f"#{number + 3}=IFCPROPERTYSET('{guid}',$,'Plant',$,(#{number + 2}));\n"
                f"#{number + 4}=IFCRELDEFINESBYPROPERTIES('{guid}',$,$,$,(#{number + 1}),#{number + 3});\n"
            )
            number, pumps = number + 5, pumps + 1
        file.write("ENDSEC;\nEND-ISO-10303-21;\n")
    return pumps


def read_with_progress(path: Path, *, mib: int) -> list[int]:
    pumps, told = write_large(path, mib=mib), []
    facts = read_building_facts(path, ReadOptions(site="north", progress=lambda done, _total: told.append(done)))
    assert (len(facts.assets), len(facts.parameters), facts.faults) == (pumps, pumps, ())
    return told


def test_a_model_that_is_read_for_a_while_says_how_far_it_has_come(tmp_path: Path) -> None:
    told = read_with_progress(tmp_path / "a.ifc", mib=10)
    assert told == sorted(told)
    assert (len(told) > 1, told[-1]) == (True, (tmp_path / "a.ifc").stat().st_size)


# In a process of its own, whose only child is the one that reads: of the children of a process the largest is known.
READ = """
import resource, sys
from pathlib import Path
from tests.lifecycle.importing.building.test_large_model import read_with_progress
print(len(read_with_progress(Path(sys.argv[1]), mib=200)), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.long
def test_two_hundred_megabytes_are_read_in_a_gibibyte(tmp_path: Path) -> None:
    command = [sys.executable, "-c", READ, str(tmp_path / "a.ifc")]
    said = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    told, largest_kib = map(int, said.split())
    assert told > 40
    assert largest_kib < 2**20
