"""P1: feed bytes to entries, sanitised, with feedparser; seconds of CPU, microseconds an item, MB a second."""
import pathlib
import sys
import time

try:
    import feedparser
except ImportError:
    sys.exit("left out: feedparser is not installed")

files = sorted(pathlib.Path(sys.argv[1]).glob("feed-*.xml"))
bodies = [path.read_bytes() for path in files]
began = time.process_time()
items = sum(len(feedparser.parse(body).entries) for body in bodies)
spent = time.process_time() - began
size = sum(map(len, bodies)) / 1e6
print(f"feedparser {feedparser.__version__}: {items} items, {spent:.2f} s, {spent / items * 1e6:.1f} µs an item, {size / spent:.2f} MB/s")
