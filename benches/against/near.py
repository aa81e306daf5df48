"""N1: fingerprint, look up and insert with the simhash package."""
import json
import pathlib
import sys
import time

try:
    from simhash import Simhash, SimhashIndex
except ImportError:
    sys.exit("left out: simhash is not installed")

texts = [json.loads(line) for line in (pathlib.Path(sys.argv[1]) / "texts.jsonl").read_text().splitlines()]
index = SimhashIndex([], k=3)
began = time.process_time()
near = 0
for number, text in enumerate(texts):
    fingerprint = Simhash(text)
    near += len(index.get_near_dups(fingerprint))
    index.add(str(number), fingerprint)
spent = time.process_time() - began
print(f"simhash: {len(texts)} texts, {near} near, {spent / len(texts) * 1e6:.1f} µs a text")
