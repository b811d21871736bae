# Handrail. `make run` starts everything; `make test` checks everything. Python 3.11 or newer and make are all it needs.
PYTHON ?= python3
BOT = .venv/bin/python
RASA = .venv-rasa/bin/python
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3

.PHONY: run test train evaluate benchmark bench check soak lock environments dev

run: environments            ## set up what is missing, then start Rasa, the action server and the bot
	@$(BOT) -m bot run

train: environments          ## train, check against the safety gate, activate
	@$(BOT) -m tools.train $(if $(FORCE),--force)

evaluate: environments       ## ask every case of CASES=file.jsonl through the real servers [OUT=report.json]
	@$(BOT) -m tools.evaluate $(if $(CASES),--cases "$(CASES)") $(if $(OUT),--out "$(OUT)")

benchmark: environments      ## TRAIN=train.csv TEST=test.csv [OUT=report.json]: the shipped pipeline on any labelled CSV
	@$(RASA) -m tools.benchmark --train "$(TRAIN)" --test "$(TEST)" $(if $(OUT),--out "$(OUT)")

bench: environments          ## speed beside a stock Rasa, in one run, as ratios
	@$(BOT) -m tools.bench

test: dev                    ## every test, with real Rasa, databases and browser
	@$(BOT) -m tools.run_tests

check: dev                   ## format, lint, types, training data, dependency audit
	@$(BOT) -m tools.check

soak: dev                    ## the long form of the delivery proof
	@$(BOT) -m tests.delivery.soak

lock:                        ## compile requirements/*.in anew
	@$(BOT) -m tools.lock

environments:
	@$(PYTHON) tools/environments.py bot rasa

dev:
	@$(PYTHON) tools/environments.py bot dev rasa browser
