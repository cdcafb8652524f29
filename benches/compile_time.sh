#!/usr/bin/env bash
# CPU seconds that models cost a build: bash benches/compile_time.sh [--library LIBRARY ..] [MODELS ..]
#
# LIBRARY is neko-orm, diesel, seaorm, ormlite or toasty; with one, MODELS is 50 and 200 unless told. Without one, all are
# measured with 50 models (or MODELS), and neko-orm with 200 too.
#
# The models are the same for every library: five columns, a relation to a random model and one to each model that has it as its
# random one, and a function that inserts a row, updates it, finds it, loads its relations and deletes it; each in a file of
# its own (compile_time/LIBRARY.sh writes it), all in one library crate, built by `cargo build` with incremental compilation.
#
# Prints a table of seconds: real, and of CPU (user + system). `built` is the crate with its dependencies built already; `each
# model` is what it takes more than without models, divided by their number; `touched` is built again, with a line of comment
# added to one model's file.
#
# The crates and what is built are in a temporary directory, or in NEKO_COMPILE_TIME_DIR, where dependencies stay built.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${NEKO_COMPILE_TIME_DIR:-}" ]; then
    work=$NEKO_COMPILE_TIME_DIR
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
export CARGO_TARGET_DIR="$work/target" CARGO_TERM_COLOR=never CARGO_INCREMENTAL=1
unset RUSTFLAGS RUSTC_WRAPPER CARGO_BUILD_JOBS
TIMEFORMAT='%R %U %S'

# Sets parents[] and children[]: the same for every library. No two models are each other's parents, since SeaORM wants a
# name of its own for the second relation between two entities.
relate() { # MODELS
    local models=$1 seed=42 i parent
    parents=() children=()
    for ((i = 0; i < models; i++)); do
        while :; do
            seed=$(((seed * 1103515245 + 12345) % 2147483648))
            parent=$(((seed >> 8) % models))
            if ((models < 3)) || ((parent != i && ${parents[parent]:--1} != i)); then break; fi
        done
        parents[i]=$parent
        children[parent]="${children[parent]:-} $i"
    done
}

generate() { # LIBRARY MODELS: prints the directory of the crate
    local models=$2 i
    local crate="$work/$1_$models"
    # What an earlier run with the same directory has compiled would be used again.
    rm -rf "$crate" "$CARGO_TARGET_DIR/debug/incremental/${1//-/_}_models_$models"-*
    mkdir -p "$crate/src"
    {
        printf '[package]\nname = "%s_models_%s"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n' "$1" "$models"
        dependencies
    } >"$crate/Cargo.toml"
    cp "$lock" "$crate/Cargo.lock"
    : >"$crate/src/lib.rs"
    relate "$models"
    for ((i = 0; i < models; i++)); do
        # shellcheck disable=SC2086 # The children are words.
        model "$i" "${parents[i]}" ${children[i]:-} >"$crate/src/m$i.rs"
        echo "pub mod m$i;" >>"$crate/src/lib.rs"
    done
    echo "$crate"
}

build() { # DIRECTORY: prints the seconds, real and of CPU
    local times="$work/times"
    { time cargo build --offline --quiet --manifest-path "$1/Cargo.toml" 2>"$work/messages" || echo failed >>"$work/failed"; } 2>"$times"
    if [ -e "$work/failed" ]; then
        cat "$work/messages" >&2
        rm "$work/failed"
        return 1
    fi
    awk '{ printf "%.1f %.1f\n", $1, $2 + $3 }' "$times"
}

measure() { # LIBRARY MODELS ..
    local library=$1 count crate none built touched
    shift
    # shellcheck source=/dev/null
    source "$root/benches/compile_time/$library.sh"
    crate=$(generate "$library" 0)
    echo "$library: dependencies in $(build "$crate") s (real, CPU)" >&2
    echo "// touched" >>"$crate/src/lib.rs"
    none=$(build "$crate")
    for count in "$@"; do
        crate=$(generate "$library" "$count")
        built=$(build "$crate")
        echo "// touched" >>"$crate/src/m$((count / 2)).rs"
        touched=$(build "$crate")
        awk -v row="$library $count $none $built $touched" 'BEGIN {
            split(row, n, " ")
            printf "| %s | %d | %.1f | %.1f | %.3f | %.1f | %.1f |\n", n[1], n[2], n[5], n[6], (n[6] - n[4]) / n[2], n[7], n[8]
        }'
    done
}

libraries=() counts=()
while (($#)); do
    case $1 in
    --library) libraries+=("${2:?--library needs a name}") && shift 2 ;;
    [1-9]*) counts+=("$1") && shift ;;
    *) echo "usage: bash benches/compile_time.sh [--library neko-orm|diesel|seaorm|ormlite|toasty] [MODELS ..]" >&2 && exit 2 ;;
    esac
done
for library in ${libraries[@]+"${libraries[@]}"}; do
    [ -e "$root/benches/compile_time/$library.sh" ] || { echo "there is no library $library" >&2 && exit 2; }
done

echo "| library | models | built: real | built: CPU | CPU for each model | touched: real | touched: CPU |"
echo "|---|---:|---:|---:|---:|---:|---:|"
for library in "${libraries[@]-neko-orm diesel seaorm ormlite toasty}"; do
    for name in $library; do
        if ((${#counts[@]})); then
            measure "$name" "${counts[@]}"
        elif ((${#libraries[@]})) || [ "$name" = neko-orm ]; then
            measure "$name" 50 200
        else
            measure "$name" 50
        fi
    done
done
