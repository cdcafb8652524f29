#!/usr/bin/env bash
# CPU seconds that models cost a build: bash benches/compile_time.sh [MODELS ..]   (default: 50 200)
#
# Each model has five columns, a has_many and a belongs_to to pseudo-random others, and a function that calls eight verbs.
# Prints, for each number of models, the CPU seconds (user + system) of building the crate with its dependencies built
# already, and the seconds of building it again after one of its files was touched.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR="$work/target" CARGO_TERM_COLOR=never
TIMEFORMAT='%R %U %S'

generate() { # MODELS
    local models=$1 crate="$work/models_$1"
    mkdir -p "$crate/src"
    cat >"$crate/Cargo.toml" <<TOML
[package]
name = "models_$models"
version = "0.0.0"
edition = "2024"

[dependencies]
neko-orm = { path = "$root/neko-orm" }
sqlx = { version = "0.9", default-features = false }

[workspace]
TOML
    : >"$crate/src/lib.rs"
    for ((i = 0; i < models; i++)); do
        local parent=$(((i * 7 + 3) % models)) child
        # The child is the model whose parent this one is.
        for ((child = 0; child < models; child++)); do
            if (((child * 7 + 3) % models == i)); then break; fi
        done
        ((child < models)) || child=""
        local has_many="" calls=""
        if [ -n "$child" ]; then
            has_many="#[has_many(crate::m$child::Model$child as children, id = \"parent_id\")]"
            calls="let mut children = row.children().to_vec(db).await?;
    row.children().associate(&mut children, db).await?;
    row.children().create().name(\"c\").score(1).insert(db).await?;"
        fi
        cat >"$crate/src/m$i.rs" <<RUST
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
$has_many
#[belongs_to(crate::m$parent::Model$parent as parent)]
pub struct Model$i {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
}

pub async fn use_model_$i(db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    let mut row = Model$i::create().name("a").score(1).insert(db).await?;
    row.save(db).await?;
    row.refresh(db).await?;
    let parent = row.parent().get(db).await?;
    if let Some(parent) = parent {
        row.parent_mut().associate(&parent, db).await?;
    }
    $calls
    row.delete(db).await
}
RUST
        echo "pub mod m$i;" >>"$crate/src/lib.rs"
    done
}

timed() { # DIRECTORY: prints real, user and system seconds of a build
    (cd "$1" && { time cargo build --offline --quiet; } 2>&1 | tail -n 1)
}

mkdir -p "$work/target"
generate 7
cp "$root/Cargo.lock" "$work/models_7/"
echo "clean build with all dependencies (real, user, system): $(timed "$work/models_7")"
for models in "${@:-50 200}"; do
    for count in $models; do
        generate "$count"
        cp "$work/models_7/Cargo.lock" "$work/models_$count/"
        sed -i "s/models_7/models_$count/" "$work/models_$count/Cargo.lock"
        echo "$count models (real, user, system): $(timed "$work/models_$count")"
        echo "// touched" >>"$work/models_$count/src/m0.rs"
        echo "$count models, one file touched (real, user, system): $(timed "$work/models_$count")"
    done
done
