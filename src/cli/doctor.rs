//! `doctor`: what stands in the way of a call, on this machine and at the servers.

use std::time::Duration;

use shared::{IceServer, RoomName};
use study_zoom::call::Signaling;
use study_zoom::doctor::{Examined, Level, Machine, Row, examine, redis, signaling};
use study_zoom::native::{self, Trust};
use study_zoom::text::{Language, doctor as texts, fill_in};
use support::cli::Failure;
use support::print_line;
use tokio::time::timeout;

use super::DoctorArguments;
use super::ice::read;

/// Where a server is that was started without a word, on the same machine.
const URL: &str = "http://127.0.0.1:3000";

/// How long the signaling server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);

/// The width of the longest mark.
const MARK: usize = 5;

pub(super) async fn run(arguments: DoctorArguments) -> Result<(), Failure> {
    let mut servers = arguments.ice_server.iter().map(|text| read(text, true)).collect::<Result<Vec<_>, _>>()?;
    let trust = Trust::with(arguments.ca.as_deref())?;
    let mut rows = if arguments.servers { Vec::new() } else { Machine::this().examine().await };
    if let Some(url) = &arguments.redis {
        rows.push(redis::look(url).await);
    }
    let url = arguments.url.as_deref().unwrap_or(URL);
    let told = timeout(PATIENCE, ice_servers(url, trust)).await;
    let told = told.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs()).into()));
    rows.push(match &told {
        Ok(told) => signaling::lets_us_in(url, told.len()),
        // Who has not named it may not have started it yet.
        Err(_) if arguments.url.is_none() => signaling::is_not_running(url),
        Err(error) => signaling::was_not_asked(url, error),
    });
    servers.extend(told.unwrap_or_default());
    rows.extend(examine(&servers).await.iter().map(Examined::row));

    let language = arguments.language.language;
    show(&rows, language);
    match rows.iter().filter(|row| row.said.level == Level::Fault).count() {
        0 => Ok(()),
        faults => {
            let [faults, lines] = [faults, rows.len()].map(|count| count.to_string());
            Err(fill_in(texts::FAULTS.in_language(language), &[&faults, &lines]).into())
        }
    }
}

/// Prints the lines, in columns. Below what is not as it should be stands what to do, and where more is said about it.
fn show(rows: &[Row], language: Language) {
    let subjects: Vec<_> = rows.iter().map(|row| row.subject(language)).collect();
    let width = subjects.iter().map(|subject| columns(subject)).max().unwrap_or_default();
    for (row, subject) in rows.iter().zip(&subjects) {
        let gap = " ".repeat(width - columns(subject));
        print_line!("{:MARK$}  {subject}{gap}  {}", row.said.level, row.said.found(language));
        let place = row.said.see(language).map(|place| fill_in(texts::SEE.in_language(language), &[&place]));
        for below in row.said.cure(language).into_iter().chain(place) {
            print_line!("{:MARK$}  {:width$}  {below}", "", "");
        }
    }
}

/// How wide a text is in a terminal: Korean letters take two columns.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|letter| if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{ac00}'..='\u{d7a3}') { 2 } else { 1 })
        .sum()
}

/// What the signaling server tells a member of a room: with passwords for its TURN servers. The room is our own, and is empty
/// again afterwards.
async fn ice_servers(url: &str, trust: Trust) -> Result<Vec<IceServer>, Failure> {
    let mut signaling = native::connect_trusting(url, trust).await?;
    let room = RoomName::new(&format!("doctor-{:032x}", rand::random::<u128>()))?;
    let accepted = signaling.join(&room).await?;
    signaling.leave(&room).await;
    Ok(accepted.ice_servers)
}
