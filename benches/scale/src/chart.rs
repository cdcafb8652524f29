//! `scale.svg`: time and memory against the number of rows, on logarithmic axes. The background is drawn, whatever the page's is.

use std::fmt::Write as _;

use crate::growth::{Measured, Point};
use crate::work::Operation;

const LEFT: f64 = 70.0;
const TOP: f64 = 50.0;
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 340.0;
const GAP: f64 = 90.0;
/// Of operations in their order.
const COLOURS: [&str; 5] = ["#d9480f", "#2f9e44", "#1c7ed6", "#ae3ec9", "#946c00"];

const STYLE: &str =
    "text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 14px }
.tick { text-anchor: end } .rows { text-anchor: middle } .grid { stroke: #d0d7de; stroke-width: 1 }
polyline { fill: none; stroke-width: 2 } .by-hand { stroke-dasharray: 5 4 }";

/// What a panel shows of a measurement, and what its axis says of powers of ten.
struct Axis {
    title: &'static str,
    value: fn(Measured) -> f64,
    label: fn(f64) -> String,
}

const AXES: [Axis; 2] = [
    Axis { title: "Time for N rows", value: |measured| measured.nanoseconds as f64 / 1e9, label: seconds },
    Axis {
        title: "Peak of memory for N rows",
        value: |measured| measured.kilobytes.max(1) as f64 * 1024.0,
        label: bytes,
    },
];

/// Powers of ten from and to.
struct Range(f64, f64);

impl Range {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::MAX, f64::min).log10().floor();
        let most = values.fold(f64::MIN_POSITIVE, f64::max).log10().ceil();
        Self(least, most.max(least + 1.0))
    }

    /// From 0 to 1.
    fn place(&self, value: f64) -> f64 {
        (value.log10() - self.0) / (self.1 - self.0)
    }

    fn powers(&self) -> impl Iterator<Item = f64> + use<> {
        (self.0 as i32..=self.1 as i32).map(|power| 10_f64.powi(power))
    }
}

pub fn chart(points: &[Point]) -> String {
    let mut body = String::new();
    for (number, axis) in AXES.iter().enumerate() {
        panel(&mut body, points, axis, LEFT + number as f64 * (WIDTH + GAP));
    }
    legend(&mut body);
    let (width, height) = (LEFT + 2.0 * WIDTH + GAP + 30.0, TOP + HEIGHT + 112.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <style>{STYLE}</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

fn panel(body: &mut String, points: &[Point], axis: &Axis, left: f64) {
    let rows = Range::of(points.iter().map(|point| point.rows as f64));
    let values = Range::of(points.iter().flat_map(|point| [point.neko, point.by_hand]).map(axis.value));
    let x = |value: f64| left + WIDTH * rows.place(value);
    let y = |value: f64| TOP + HEIGHT * (1.0 - values.place(value));
    text(body, left, TOP - 18.0, "title", axis.title);
    for power in values.powers() {
        line(body, [left, y(power), left + WIDTH, y(power)]);
        text(body, left - 6.0, y(power) + 4.0, "tick", &(axis.label)(power));
    }
    for power in rows.powers() {
        line(body, [x(power), TOP, x(power), TOP + HEIGHT]);
        text(body, x(power), TOP + HEIGHT + 18.0, "rows", &count(power));
    }
    for (operation, colour) in Operation::ALL.into_iter().zip(COLOURS) {
        let of = |class: &str, measured: fn(&Point) -> Measured| {
            let points = points.iter().filter(|point| point.operation == operation);
            let place = |p: &Point| format!("{:.1},{:.1} ", x(p.rows as f64), y((axis.value)(measured(p))));
            let places: String = points.map(place).collect();
            format!("<polyline class=\"{class}\" stroke=\"{colour}\" points=\"{}\"/>\n", places.trim_end())
        };
        body.push_str(&of("neko-orm", |point| point.neko));
        body.push_str(&of("by-hand", |point| point.by_hand));
    }
}

fn legend(body: &mut String) {
    let top = TOP + HEIGHT + 48.0;
    let mut entry = |number: usize, class: &str, colour: &str, title: &str| {
        let (x, y) = (LEFT + (number % 3) as f64 * 280.0, top + (number / 3) as f64 * 22.0);
        let _ = writeln!(
            body,
            r#"<polyline class="{class}" stroke="{colour}" points="{x:.1},{:.1} {:.1},{:.1}"/>"#,
            y - 4.0,
            x + 26.0,
            y - 4.0
        );
        text(body, x + 32.0, y, "", title);
    };
    for (number, (operation, colour)) in Operation::ALL.into_iter().zip(COLOURS).enumerate() {
        entry(number, "neko-orm", colour, operation.title());
    }
    entry(COLOURS.len(), "neko-orm", "#57606a", "neko-orm");
    entry(COLOURS.len() + 1, "by-hand", "#57606a", "sqlx by hand");
}

fn line(body: &mut String, [x1, y1, x2, y2]: [f64; 4]) {
    let _ = writeln!(body, r#"<line class="grid" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#);
}

fn text(body: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let _ = writeln!(body, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#);
}

fn seconds(value: f64) -> String {
    match value {
        value if value < 0.9e-3 => format!("{:.0} µs", value * 1e6),
        value if value < 0.9 => format!("{:.0} ms", value * 1e3),
        value => format!("{value:.0} s"),
    }
}

fn bytes(value: f64) -> String {
    match value {
        value if value < 0.9e6 => format!("{:.0} kB", value / 1e3),
        value if value < 0.9e9 => format!("{:.0} MB", value / 1e6),
        value => format!("{:.0} GB", value / 1e9),
    }
}

fn count(value: f64) -> String {
    match value {
        value if value < 0.9e6 => format!("{:.0},000", value / 1e3),
        value => format!("{:.0} million", value / 1e6),
    }
}
