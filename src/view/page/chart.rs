//! Charts as SVG. The colours below are names: the style sheet gives each its real colour, for a
//! light and for a dark page.

use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, Circle, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, IntoFont, LineSeries,
    RGBColor, Rectangle, SVGBackend,
};
use plotters::style::{Color, ShapeStyle};

/// The colours that `assets/board.css` knows, as it spells them.
const COLOURS: [RGBColor; 4] = [
    RGBColor(0x01, 0x01, 0x01),
    RGBColor(0x02, 0x02, 0x02),
    RGBColor(0x03, 0x03, 0x03),
    RGBColor(0x04, 0x04, 0x04),
];
const GRID: RGBColor = RGBColor(0x05, 0x05, 0x05);

const WIDTH: u32 = 640;
const HEIGHT: u32 = 240;

/// A line or a pile of a chart: a value for each place on the axis; none where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it shows, for the legend beside the chart.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<f64>>,
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Lines over the places of an axis. `top` is the least that the other axis reaches to.
pub fn lines(places: &[String], series: &[Series], top: f64) -> String {
    let highest = series.iter().flat_map(|it| &it.values).flatten();
    let top = highest.fold(top, |most, value| most.max(*value));
    drawn(|area| {
        let last = index(places.len().max(2) - 1);
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .margin_right(36)
            .x_label_area_size(28)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..last, 0.0..top)?;
        mesh!(chart, places, |at: &f64| *at);
        for (one, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            let points: Vec<(f64, f64)> = one
                .values
                .iter()
                .enumerate()
                .filter_map(|(place, value)| Some((index(place), (*value)?)))
                .collect();
            chart.draw_series(LineSeries::new(
                points.iter().copied(),
                ShapeStyle::from(colour).stroke_width(2),
            ))?;
            chart.draw_series(
                points
                    .iter()
                    .map(|point| Circle::new(*point, 3, colour.filled())),
            )?;
        }
        Ok(())
    })
}

/// Piles, one on each place of an axis.
pub fn piles(places: &[String], series: &[Series]) -> String {
    let height = |place: usize| -> f64 {
        let values = series.iter().filter_map(|it| *it.values.get(place)?);
        values.sum()
    };
    let top = (0..places.len()).map(height).fold(1.0, f64::max);
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .margin_right(36)
            .x_label_area_size(28)
            .y_label_area_size(44)
            .build_cartesian_2d(-0.5..index(places.len()) - 0.5, 0.0..top)?;
        mesh!(chart, places, |at: &f64| *at);
        let mut reached = vec![0.0; places.len()];
        for (one, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            let mut bars = Vec::new();
            for ((place, value), from) in one.values.iter().enumerate().zip(&mut reached) {
                let Some(value) = value.filter(|value| *value > 0.0) else {
                    continue;
                };
                let (left, right) = (index(place) - 0.3, index(place) + 0.3);
                let corners = [(left, *from), (right, *from + value)];
                bars.push(Rectangle::new(corners, colour.filled()));
                *from += value;
            }
            chart.draw_series(bars)?;
        }
        Ok(())
    })
}

/// The axes. A macro, since the type of a chart cannot be named shortly.
macro_rules! mesh {
    ($chart:expr, $places:expr, $at:expr) => {{
        let places: &[String] = $places;
        let label = |at: &f64| {
            let place = at.round();
            if (at - place).abs() > 0.01 || place < 0.0 {
                return String::new();
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small whole number"
            )]
            let place = place as usize;
            places.get(place).cloned().unwrap_or_default()
        };
        $chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(places.len().min(12))
            .x_label_formatter(&label)
            .y_labels(5)
            .y_label_formatter(&|value| super::numbers::short(*value))
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(("sans-serif", 12).into_font())
            .draw()?;
    }};
}
use mesh;

fn index(place: usize) -> f64 {
    f64::from(u32::try_from(place).unwrap_or(u32::MAX))
}

/// Draws into a text. What cannot be drawn is left out: the table below says the same.
fn drawn(draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut svg = String::new();
    let done = {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        draw(&area).and_then(|()| area.present())
    };
    if done.is_ok() { svg } else { String::new() }
}
