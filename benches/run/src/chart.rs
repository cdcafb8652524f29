//! `results.svg`: the ratios as bars on a logarithmic axis, of which the line in the middle is sqlx by hand.

use std::fmt::Write as _;

use crate::contestant::{BASELINE, CONTESTANTS, Contestant};
use crate::measure::{Cell, Set};

const LEFT: f64 = 330.0;
const WIDTH: f64 = 560.0;
const BAR: f64 = 9.0;
/// The ratios at both ends of the axis; longer bars are cut off, and their numbers tell.
const LEAST: f64 = 0.05;
const MOST: f64 = 30.0;
/// Of contestants in their order.
const COLOURS: [&str; 9] =
    ["#d9480f", "#868e96", "#2b8a9e", "#5c7cfa", "#1c7ed6", "#364fc7", "#2f9e44", "#ae3ec9", "#b8860b"];

const STYLE: &str =
    "text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 14px }
.number { font-size: 9px } line { stroke: #57606a; stroke-width: 1 } .grid { stroke-opacity: 0.3 }";

/// The place of a ratio on the axis.
fn x(ratio: f64) -> f64 {
    LEFT + WIDTH * (ratio.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln()
}

pub fn chart(sets: &[Set]) -> String {
    let (mut body, mut y) = (String::new(), 10.0);
    for set in sets {
        y = panel(&mut body, set, y) + 30.0;
    }
    let width = LEFT + WIDTH + 50.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {y}\" width=\"{width}\" height=\"{y}\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// One database; returns where it ends.
fn panel(body: &mut String, set: &Set, top: f64) -> f64 {
    text(body, 10.0, top + 14.0, "title", &format!("{}: time compared with sqlx by hand", set.setting.title));
    legend(body, set, top + 34.0);
    let mut bars = String::new();
    let first = top + 60.0;
    let mut y = first;
    for (workload, cells) in &set.rows {
        let start = y;
        for (position, cell) in cells.iter().enumerate() {
            if let Cell::Times { ratio, .. } = cell
                && set.contestants[position].0.name != BASELINE
            {
                bar(&mut bars, y, *ratio, colour(set.contestants[position].0));
                y += BAR + 1.0;
            }
        }
        text(&mut bars, 10.0, (start + y) / 2.0 + 3.0, "", workload.title());
        y += 8.0;
    }
    for ratio in [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0] {
        let (x, class) = (x(ratio), if ratio == 1.0 { "" } else { "grid" });
        let _ = writeln!(body, r#"<line class="{class}" x1="{x:.1}" y1="{first}" x2="{x:.1}" y2="{y}"/>"#);
        text(body, x - 8.0, y + 14.0, "", &format!("{ratio}×"));
    }
    body.push_str(&bars);
    y + 20.0
}

fn legend(body: &mut String, set: &Set, y: f64) {
    let mut left = 10.0;
    for (contestant, _) in &set.contestants {
        if contestant.name != BASELINE {
            let colour = colour(contestant);
            let _ = writeln!(body, r#"<rect x="{left}" y="{}" width="10" height="10" fill="{colour}"/>"#, y - 9.0);
            text(body, left + 15.0, y, "", contestant.title);
            left += 35.0 + contestant.title.len() as f64 * 7.0;
        }
    }
}

/// The same for all databases.
fn colour(contestant: &Contestant) -> &'static str {
    let position = CONTESTANTS.iter().position(|other| other.name == contestant.name);
    COLOURS[position.unwrap_or_default() % COLOURS.len()]
}

/// From the line of sqlx to the ratio.
fn bar(body: &mut String, y: f64, ratio: f64, colour: &str) {
    let (one, end) = (x(1.0), x(ratio));
    let (left, width) = (one.min(end), (one - end).abs().max(1.0));
    let _ = writeln!(body, r#"<rect x="{left:.1}" y="{y:.1}" width="{width:.1}" height="{BAR}" fill="{colour}"/>"#);
    let at = if ratio < 1.0 { left - 22.0 } else { left + width + 3.0 };
    text(body, at, y + BAR - 1.0, "number", &format!("{ratio:.2}"));
}

fn text(body: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let _ = writeln!(body, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#);
}
