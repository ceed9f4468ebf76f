# Two commands are enough for a newcomer: `make test` and `make demo`. Each sets up whatever is missing first.

LORWEB = .build/release/lorweb
SOURCES = Package.swift Sources Tests Packages Examples/Package.swift Examples/Sources

.DEFAULT_GOAL := help
.PHONY: help setup build lint test slowest examples demo openings metrics proofs clean

help:
	@echo "make test     set up, build, check the style, run every test"
	@echo "make slowest  run the tests one after another and name the ten slowest"
	@echo "make demo     set up, build for speed, write edited pictures and a sheet to demo-out/"
	@echo "              with your own as a further row: make demo A=a.png A2=a-edited.png B=b.png"
	@echo "make openings count with strace how often an edit and an evaluation open each file (Linux)"
	@echo "make setup    only the set-up: C libraries, libtorch (or LIBTORCH=folder), Swift packages"
	@echo "make metrics  fetch the perceptual metrics' weights (150 MB) and convert them into the cache folder"
	@echo "make proofs   compare with the Python libraries again, in a virtual environment of its own"
	@echo "make clean    remove what was built and written; libtorch stays"

setup:
	@scripts/setup.sh

build: setup
	swift build --build-tests

lint: setup
	swift format lint --strict --parallel --recursive $(SOURCES)

test: build lint examples
	swift test --skip-build

slowest: build
	@scripts/slowest.py swift test --skip-build --no-parallel

examples: setup
	@scripts/examples.sh

demo: setup
	swift build -c release --product lorweb
	@A="$(A)" A2="$(A2)" B="$(B)" scripts/demo.sh $(LORWEB)

openings: setup
	swift build -c release --product lorweb
	@scripts/openings.sh $(LORWEB)

metrics:
	@python3 scripts/metrics.py

proofs: setup
	@Proofs/run.sh

clean:
	rm -rf .build demo-out Examples/.build
