"""``python -m creditreport``: the command line where nothing was installed but the dependencies (deploy/run.sh)."""

from creditreport.cli import main

if __name__ == "__main__":
    main(prog_name="creditreport")
