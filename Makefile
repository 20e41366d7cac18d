# Thin names for the scripts in scripts/, which say what they do.

.PHONY: chat test sanitize check conformance fuzz docs bench allocations format

chat: ## Installs what is missing and runs the chat room (HOST and PORT are honoured).
	@scripts/chat

test: ## Installs what is missing and passes all tests.
	@scripts/test

check: ## The checks of `make test` that need no test run: format, layers, revisions.
	@scripts/check

sanitize: ## Runs the tests under the thread sanitizer.
	@scripts/sanitize

conformance: ## Runs the conformance matrix and writes docs/conformance.md.
	@scripts/conformance

fuzz: ## Fuzzes all codecs and parsers, and prints a table.
	@scripts/fuzz

docs: ## Builds the documentation into .build/docs.
	@scripts/docs

bench: ## Measures, and prints a table.
	@scripts/bench

allocations: ## Counts what a message allocates, and fails if that has become more.
	@scripts/allocations

format: ## Formats all Swift sources.
	@swift format -i -r Sources Tests Benchmarks Fuzz/Sources Package.swift
