# Short names for the scripts in scripts/. The comment at the top of each script describes it.

.PHONY: chat desk cluster simulation test sanitize check conformance fuzz docs bench allocations instructions clients growth format

chat: ## Installs missing packages and runs the chat room (HOST and PORT set the address).
	@scripts/chat

desk: ## Installs missing packages and runs the example application, a ticket desk (HOST and PORT set the address).
	@scripts/desk

cluster: ## Installs missing packages and runs the chat room on three servers, with Redis and nginx, until Ctrl-C.
	@scripts/cluster

test: ## Installs missing packages and runs all checks and tests.
	@scripts/test

check: ## Runs the checks of the sources that need no build: format, layers, revisions.
	@scripts/check

sanitize: ## Runs the tests that drive no other program under the thread sanitizer.
	@scripts/sanitize

conformance: ## Runs the conformance matrix and writes docs/conformance.md.
	@scripts/conformance

fuzz: ## Fuzzes all codecs and parsers, and prints a table.
	@scripts/fuzz

docs: ## Builds the documentation into .build/docs.
	@scripts/docs

bench: ## Runs the benchmarks and prints a table.
	@scripts/bench

simulation: ## Simulates clusters of up to 64 nodes and 1,000,000 rooms, and prints a table.
	@scripts/simulation

allocations: ## Counts the allocations for each message, and fails if a count is above its limit.
	@scripts/allocations

instructions: ## Counts the instructions for each message and request, and fails if a count is above its limit.
	@scripts/instructions

clients: ## Measures the memory and the CPU time of up to 19,900 idle clients, and prints a table.
	@scripts/clients

growth: ## Measures how cost grows with clients, rooms, loops, routes and bodies, and prints tables.
	@scripts/growth

format: ## Formats all Swift sources.
	@swift format -i -r Sources Tests Benchmarks Fuzz/Sources Examples/*/Package.swift Examples/*/Sources Examples/*/Tests Package.swift
