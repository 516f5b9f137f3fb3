//! An address as a picture, for the camera of a phone.

use std::fmt::Write as _;

use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, EcLevel, QrCode};

/// Black on white, whatever the colours of the terminal are: most cameras do not read a code that is inverted. These two are
/// in the fixed part of the 256 colours, which themes do not change.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16m\x1b[48;5;231m";
const AS_BEFORE: &str = "\x1b[0m";

/// The QR code (ISO/IEC 18004) of a text, two rows of it in each line. `None`: the text is too long for one.
pub(crate) fn in_terminal(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    // The white margin of four modules is a part of the code.
    let picture = code.render::<Dense1x2>().quiet_zone(true).build();
    let lines = picture.lines().map(|line| format!("{BLACK_ON_WHITE}{line}{AS_BEFORE}"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The white margin that is a part of the code, in modules.
const MARGIN: usize = 4;

/// The QR code of a text as a drawing (SVG), black on white. `None`: the text is too long for one.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, size) = (code.width(), code.width() + 2 * MARGIN);
    let mut path = String::new();
    for (index, _) in code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark) {
        let (x, y) = (index % width + MARGIN, index / width + MARGIN);
        // A square of one module. Writing into a text does not fail.
        let _ = write!(path, "M{x} {y}h1v1h-1z");
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera sees: each character is an upper and a lower module, and black is what is printed.
    fn seen(picture: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in picture.lines() {
            let line = line.strip_prefix(BLACK_ON_WHITE).and_then(|line| line.strip_suffix(AS_BEFORE)).unwrap();
            let modules = line.chars().map(|character| match character {
                ' ' => [false, false],
                '▀' => [true, false],
                '▄' => [false, true],
                '█' => [true, true],
                other => panic!("{other:?} is no half block"),
            });
            let modules: Vec<_> = modules.collect();
            rows.extend([0, 1].map(|half| modules.iter().map(|module| module[half]).collect()));
        }
        rows
    }

    #[test]
    fn a_phone_reads_the_address() {
        for url in ["https://192.168.0.7:3000", "https://[fd12:3456:789a::1]:3000"] {
            let rows = seen(&in_terminal(url).unwrap());
            let (width, height) = (rows[0].len(), rows.len());
            // Each module is 4 pixels wide.
            let light = |x: usize, y: usize| if rows[y / 4][x / 4] { 0 } else { 255 };
            let mut image = rqrr::PreparedImage::prepare_from_greyscale(4 * width, 4 * height, light);
            let codes = image.detect_grids();
            assert_eq!(codes.len(), 1, "{url}");
            assert_eq!(codes[0].decode().unwrap().1, url);
        }
    }

    /// The squares of a drawing, and its width.
    fn drawn(svg: &str) -> (Vec<(usize, usize)>, usize) {
        let size = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
        let place = |square: &str| {
            let (x, y) = square.strip_suffix("h1v1h-1z").unwrap().split_once(' ').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        (path.split('M').skip(1).map(place).collect(), size)
    }

    #[test]
    fn a_phone_reads_the_drawing() {
        let link = "https://192.168.0.7:3000/?room=%ED%95%9C%EA%B5%AD";
        let (dark, size) = drawn(&svg(link).unwrap());
        let light = |x: usize, y: usize| if dark.contains(&(x / 4, y / 4)) { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(4 * size, 4 * size, light);
        let codes = image.detect_grids();
        assert_eq!(codes[0].decode().unwrap().1, link);
        assert_eq!(svg(&"x".repeat(5000)), None, "too long for a code");
    }

    #[test]
    fn the_code_fits_into_a_terminal() {
        let picture = in_terminal("https://192.168.100.200:3000").unwrap();
        assert!(picture.lines().count() <= 20, "{picture}");
    }
}
