//! A description in its parts: what is about all of the call, and then one section for each stream (RFC 8829, section 5.2.1).

use super::Line;

/// The parts of a description, in their order: the lines of the session, then those of each media section, its `m=` line first.
pub fn sections<'l, 'a>(lines: &'l [Line<'a>]) -> impl Iterator<Item = &'l [Line<'a>]> {
    lines.chunk_by(|_, next| !next.text.starts_with("m="))
}

/// A section in a few words: what kind of stream it is, in which direction it flows, and which codecs it names, in the order in
/// which they are preferred. Empty for the session.
pub fn summary(section: &[Line<'_>]) -> String {
    let Some(media) = section.first().and_then(|line| line.text.strip_prefix("m=")) else { return String::new() };
    let mut words = vec![media.split(' ').next().unwrap_or_default()];
    for line in section {
        let text = line.text.strip_prefix("a=").unwrap_or_default();
        let codec = text.strip_prefix("rtpmap:").and_then(|value| value.split_once(' ')?.1.split('/').next());
        let word = if matches!(text, "sendrecv" | "sendonly" | "recvonly" | "inactive") { Some(text) } else { codec };
        if let Some(word) = word.filter(|word| !words.contains(word)) {
            words.push(word);
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::annotate;
    use super::*;

    const OFFER: &str = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n\
        a=rtpmap:0 PCMU/8000\r\na=rtpmap:112 opus/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

    #[test]
    fn no_line_is_lost_and_each_section_begins_with_its_first_line() {
        let lines = annotate(OFFER);
        let parts: Vec<_> = sections(&lines).collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [2, 5, 3, 2]);
        assert_eq!(parts.concat(), lines);
        assert!(parts[1..].iter().all(|part| part[0].text.starts_with("m=")));
    }

    #[test]
    fn a_section_says_in_a_few_words_what_it_is() {
        let lines = annotate(OFFER);
        let summaries: Vec<_> = sections(&lines).map(summary).collect();
        assert_eq!(summaries, ["", "audio, sendrecv, opus, PCMU", "video, recvonly, VP8", "application"]);
        assert_eq!(sections(&[]).count(), 0);
        assert_eq!(summary(&annotate("m=")), "", "nonsense is no reason to stop");
    }
}
