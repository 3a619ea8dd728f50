#!/usr/bin/env bash
set -eu
python -m twine upload --skip-existing "$@"
