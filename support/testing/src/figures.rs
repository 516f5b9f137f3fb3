//! The figures of a benchmark, and how they compare.

use std::fmt;

/// One thing that was measured, of everybody who was compared.
#[derive(Debug)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// In what it is counted: `us`, `kB`, `/s`.
    pub unit: &'static str,
    /// Those who are compared. The last one is the measure of the others.
    pub series: Vec<Series>,
}

/// The values of one of those who are compared.
#[derive(Debug)]
pub struct Series {
    /// Who it is.
    pub name: String,
    /// One for each round.
    pub values: Vec<f64>,
}

/// A line for each series: its median, its smallest and its largest value, and the same of its ratio to the last series.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(measure) = self.series.last() else { return Ok(()) };
        write!(f, "{}", self.name)?;
        for Series { name, values } in &self.series {
            let [least, middle, most] = spread(values);
            let figures = format!("{middle:.2} ({least:.2} to {most:.2}) {}", self.unit);
            write!(f, "\n  {name:<12} {figures:<36}")?;
            let ratios: Vec<_> = values.iter().zip(&measure.values).map(|(one, other)| one / other).collect();
            let [least, middle, most] = spread(&ratios);
            // There is none to itself, and none to nothing.
            if self.series.len() > 1 && most.is_finite() {
                write!(f, "{middle:.2} ({least:.2} to {most:.2}) x {}", measure.name)?;
            }
        }
        Ok(())
    }
}

/// The smallest, the middle one and the largest.
pub(crate) fn spread(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    [at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let series = |name: &str, values: [f64; 3]| Series { name: name.to_owned(), values: values.into() };
        let series = vec![series("ours", [2.0, 1.0, 4.0]), series("node", [4.0, 4.0, 5.0])];
        Row { name: "a candidate".to_owned(), unit: "us", series }
    }

    #[test]
    fn a_ratio_is_that_of_one_round() {
        let lines = row().to_string();
        let lines: Vec<_> = lines.lines().map(str::trim_end).collect();
        assert_eq!(lines[0], "a candidate");
        assert!(lines[1].contains("ours") && lines[1].contains("2.00 (1.00 to 4.00) us"), "{lines:?}");
        assert!(lines[1].ends_with("0.50 (0.25 to 0.80) x node"), "{lines:?}");
        assert!(lines[2].ends_with("1.00 (1.00 to 1.00) x node"), "{lines:?}");
    }
}
