"""T1: the names of frameworks, bodies, jurisdictions and topics looked for by pyahocorasick, and nothing else."""
import json
import pathlib
import sys
import time

try:
    import ahocorasick
except ImportError:
    sys.exit("left out: pyahocorasick is not installed")

folder = pathlib.Path(sys.argv[1])
names = [line.lower() for line in (folder / "names.txt").read_text().splitlines() if line]
automaton = ahocorasick.Automaton()
for name in names:
    automaton.add_word(name, name)
automaton.make_automaton()
texts = [json.loads(line) for line in (folder / "texts.jsonl").read_text().splitlines()]
for _ in range(2):
    began = time.process_time()
    found = sum(1 for text in texts for _ in automaton.iter(text.lower()))
    spent = time.process_time() - began
print(f"pyahocorasick: {len(names)} names, {len(texts)} texts, {found} found, {spent / len(texts) * 1e6:.1f} µs a text")
