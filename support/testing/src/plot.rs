//! Draws what a benchmark has measured: a dot for each round, a line at the median.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::figures::{Row, Series, spread};

/// Sizes in pixels.
const WIDTH: u32 = 860;
const TITLE: u32 = 30;
const LINE: u32 = 22;
const AXIS: u32 = 34;
const NAMES: u32 = 150;
const FIGURES: u32 = 190;

const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(31, 35, 40);
const DIM: RGBColor = RGBColor(99, 108, 118);
const GRID: RGBColor = RGBColor(216, 222, 228);
/// Told apart by people who see few colors as well (Okabe and Ito).
const COLORS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// All rows below each other, and below them the lines that say where the figures come from. Returns an SVG image.
pub(crate) fn draw(rows: &[Row], sources: &[String]) -> Result<String> {
    let mut image = String::new();
    let heights: Vec<_> = rows.iter().map(height).collect();
    let total = heights.iter().sum::<u32>() + LINE * sources.len() as u32 + LINE;
    {
        let mut rest = SVGBackend::with_string(&mut image, (WIDTH, total)).into_drawing_area();
        rest.fill(&WHITE)?;
        for (row, height) in rows.iter().zip(heights) {
            let (area, below) = rest.split_vertically(height);
            draw_row(&area, row)?;
            rest = below;
        }
        for (place, line) in sources.iter().enumerate() {
            let at = (8, (LINE / 2 + LINE * place as u32) as i32);
            rest.draw_text(line, &(FONT, 12).into_text_style(&rest).color(&DIM), at)?;
        }
        rest.present()?;
    }
    Ok(image)
}

fn height(row: &Row) -> u32 {
    TITLE + LINE * row.series.len() as u32 + AXIS
}

fn draw_row(area: &Area<'_>, row: &Row) -> Result {
    let bold = (FONT, 15, FontStyle::Bold).into_text_style(area).color(&INK);
    area.draw_text(&format!("{}, {}", row.name, row.unit), &bold, (8, 10))?;
    let most = row.series.iter().flat_map(|series| &series.values).copied().fold(f64::MIN_POSITIVE, f64::max);
    let lines = row.series.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_top(TITLE)
        .margin_left(NAMES)
        .margin_right(FIGURES)
        .x_label_area_size(AXIS)
        // From zero: what is twice as long is twice as much.
        .build_cartesian_2d(0.0..most * 1.02, lines..0.0)?;
    chart
        .configure_mesh()
        .disable_y_axis()
        .disable_y_mesh()
        .x_labels(6)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .label_style((FONT, 11).into_text_style(area).color(&DIM))
        .draw()?;
    for (place, series) in row.series.iter().enumerate() {
        let (color, middle) = (COLORS[place % COLORS.len()], place as f64 + 0.5);
        let dots = series.values.iter().map(|value| Circle::new((*value, middle), 3, color.mix(0.5).filled()));
        chart.draw_series(dots)?;
        let median = spread(&series.values)[1];
        let tick = [(median, place as f64 + 0.1), (median, place as f64 + 0.9)];
        chart.draw_series([PathElement::new(tick, color.stroke_width(2))])?;
        let y = (TITLE + LINE * place as u32 + 5) as i32;
        area.draw_text(&series.name, &(FONT, 13).into_text_style(area).color(&color), (8, y))?;
        let figures = (FONT, 12).into_text_style(area).color(&INK);
        area.draw_text(&told(series), &figures, ((WIDTH - FIGURES + 10) as i32, y))?;
    }
    Ok(())
}

/// The median and the spread, with three digits.
fn told(series: &Series) -> String {
    let [least, middle, most] = spread(&series.values).map(|value| {
        let digits = (2 - value.abs().max(1.0).log10().floor() as i32).max(0) as usize;
        format!("{value:.digits$}")
    });
    format!("{middle} ({least} to {most})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_a_dot_and_every_series_has_its_figures() {
        let series = |name: &str, values: &[f64]| Series { name: name.to_owned(), values: values.into() };
        let series = vec![series("ours", &[2.0, 1.0, 4.0]), series("node", &[400.0, 410.0])];
        let image = draw(&[Row { name: "a candidate".to_owned(), unit: "us", series }], &["where".to_owned()]).unwrap();
        assert_eq!(image.matches("<circle").count(), 5, "{image}");
        for text in ["a candidate, us", "ours", "2.00 (1.00 to 4.00)", "410 (400 to 410)", "where"] {
            assert!(image.contains(text), "{text}: {image}");
        }
    }
}
