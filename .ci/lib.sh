# Sourced by run, long and bench. A step is a function step_<name>; each runs
# as a process of its own, so that `set -e` holds in it and its time is bounded.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
self=$PWD/.ci/$(basename "$0")

# Who skips says why: the reason is repeated at the end, and a skipped step is
# never counted as passed.
readonly skipped=75
skip() {
	echo "SKIPPED: $*"
	echo "$*" >"${CI_REASON:-/dev/null}"
	exit "$skipped"
}

need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# run_steps BOUND NAME:LIMIT… runs the steps within BOUND seconds, each within
# its own LIMIT, and goes on after a failure. With CI_ONLY set, it runs those.
run_steps() {
	local bound=$1 failed=0 report='' name limit left began rc word
	shift
	CI_REASON=$(mktemp)
	export CI_REASON
	for word in "$@"; do
		name=${word%%:*} limit=${word##*:}
		left=$((bound - SECONDS))
		if ((left <= 0)); then
			report+=$(printf '\n%-10s not run: the %d s for all steps are over' "$name" "$bound")
			failed=1
			continue
		fi
		echo "=== $name"
		: >"$CI_REASON"
		began=$SECONDS rc=0
		timeout -k 30 $((limit < left ? limit : left)) bash "$self" --step "$name" || rc=$?
		case $rc in
		0) word=ok ;;
		"$skipped") word="SKIPPED: $(cat "$CI_REASON")" ;;
		124 | 137) word='FAILED: out of time' failed=1 ;;
		*) word="FAILED: exit status $rc" failed=1 ;;
		esac
		echo "--- $name: $((SECONDS - began)) s, $word"
		report+=$(printf '\n%-10s %5d s  %s' "$name" $((SECONDS - began)) "$word")
	done
	rm -f "$CI_REASON"
	echo
	echo "=== summary, $SECONDS s$report"
	return $failed
}

# ci_main BOUND STEP… runs all steps, or the ones named on the command line.
ci_main() {
	local bound=$1 step arg
	shift
	if [[ ${args[0]:-} == --step ]]; then
		"step_${args[1]}"
		return
	fi
	if ((${#args[@]} == 0)); then
		run_steps "$bound" "$@"
		return
	fi
	local chosen=()
	for arg in "${args[@]}"; do
		for step in "$@"; do
			[[ ${step%%:*} == "$arg" ]] && chosen+=("$step")
		done
	done
	if ((${#chosen[@]} != ${#args[@]})); then
		echo "usage: $0 [$(printf ' %s' "${@%%:*}") ]…" >&2
		return 2
	fi
	run_steps "$bound" "${chosen[@]}"
}
