//! Why a step fails: the causes, the likeliest first.

use shared::Step;

use super::{Text, Words};

/// What is missing when a step fails, and what stands behind it.
macro_rules! causes {
    ($($number:literal => [$($en:literal $ko:literal)+])+) => {
        /// By the number of the step.
        static CAUSES: [&[Words]; 14] = [$(&[$(Words { en: $en, ko: $ko }),+]),+];

        #[cfg(test)]
        const NUMBERS: [u8; 14] = [$($number),+];
    };
}

/// Why this step fails, the likeliest cause first.
pub fn of_step(step: &Step) -> impl Iterator<Item = Text> {
    CAUSES[usize::from(step.number)].iter()
}

/// The signaling server was lost on the way: then that comes before everything else.
pub const SERVER_LOST: Text = &Words {
    en: "the signaling server has ended or cannot be reached: start it again",
    ko: "시그널링 서버가 끝났거나 연결할 수 없습니다. 서버를 다시 시작하세요",
};

causes! {
    0 => [
        "the file to play is missing, or is no IVF file with VP8 or Ogg file with Opus"
        "재생할 파일이 없거나, VP8이 든 IVF 파일 또는 Opus가 든 Ogg 파일이 아닙니다"
        "in a browser: the permission was denied, or the page is neither on localhost nor on https (NotAllowedError)"
        "브라우저라면 사용을 허락하지 않았거나, 페이지가 localhost도 https도 아닙니다 (NotAllowedError)"
        "in a browser: another program holds the camera (NotReadableError), or there is none (NotFoundError)"
        "브라우저라면 다른 프로그램이 카메라를 쓰고 있거나(NotReadableError) 카메라가 없습니다(NotFoundError)"
    ]
    1 => [
        "this machine does not let the program open UDP sockets"
        "이 기기에서 프로그램이 UDP 소켓을 열 수 없습니다"
        "the URL of an ICE server cannot be read (SyntaxError)"
        "ICE 서버의 URL을 읽을 수 없습니다 (SyntaxError)"
    ]
    2 => [
        "the signaling server does not answer: it has ended, or a proxy in between holds the connection"
        "시그널링 서버가 응답하지 않습니다. 서버가 끝났거나 중간의 프록시가 연결을 붙잡고 있습니다"
        "two people are in the room already (room_full)"
        "방에 이미 두 사람이 있습니다 (room_full)"
    ]
    3 => [
        "B has not entered the room, so A has nobody to make an offer to"
        "B가 방에 들어오지 않아 A가 offer를 보낼 상대가 없습니다"
        "the peer connection is closed already (InvalidStateError)"
        "피어 연결이 이미 닫혔습니다 (InvalidStateError)"
    ]
    4 => [
        "the text was changed after createOffer (InvalidModificationError)"
        "createOffer 다음에 텍스트가 바뀌었습니다 (InvalidModificationError)"
        "another negotiation is under way: signalingState was not stable (InvalidStateError)"
        "다른 협상이 진행 중이어서 signalingState가 stable이 아니었습니다 (InvalidStateError)"
    ]
    5 => [
        "the signaling server has ended, or has lost the connection to A"
        "시그널링 서버가 끝났거나 A와의 연결을 잃었습니다"
        "B has left the room (nobody_there), or its connection is silent (not_delivered)"
        "B가 방을 나갔거나(nobody_there) B가 응답하지 않습니다(not_delivered)"
    ]
    6 => [
        "the message with the offer was lost: look into the log of the signaling server"
        "offer를 담은 메시지가 사라졌습니다. 시그널링 서버의 로그를 확인하세요"
        "the offer was changed on its way, or is no SDP that B understands (OperationError)"
        "offer가 도중에 바뀌었거나 B가 이해하지 못하는 SDP입니다 (OperationError)"
        "B is in the middle of another negotiation (InvalidStateError)"
        "B가 다른 협상을 하는 중입니다 (InvalidStateError)"
    ]
    7 => [
        "there is no remote offer to answer: step 6 was left out (InvalidStateError)"
        "6단계를 빠뜨려 answer를 만들 원격 offer가 없습니다 (InvalidStateError)"
        "the two have no codec in common: the section is refused with port 0"
        "둘 다 가진 코덱이 없어 구간이 포트 0으로 거절됩니다"
    ]
    8 => [
        "the text was changed after createAnswer (InvalidModificationError)"
        "createAnswer 다음에 텍스트가 바뀌었습니다 (InvalidModificationError)"
        "there is no remote offer: step 6 was left out (InvalidStateError)"
        "6단계를 빠뜨려 원격 offer가 없습니다 (InvalidStateError)"
    ]
    9 => [
        "the signaling server has ended, or has lost the connection to B"
        "시그널링 서버가 끝났거나 B와의 연결을 잃었습니다"
        "A has left the room (nobody_there), or its connection is silent (not_delivered)"
        "A가 방을 나갔거나(nobody_there) A가 응답하지 않습니다(not_delivered)"
    ]
    10 => [
        "the message with the answer was lost: look into the log of the signaling server"
        "answer를 담은 메시지가 사라졌습니다. 시그널링 서버의 로그를 확인하세요"
        "the answer belongs to an earlier offer, and A has dropped it"
        "지난 offer에 대한 answer여서 A가 버렸습니다"
        "the answer was changed on its way, or does not fit the offer (InvalidAccessError)"
        "answer가 도중에 바뀌었거나 offer와 맞지 않습니다 (InvalidAccessError)"
        "A has no offer out that could be answered: signalingState was not have-local-offer (InvalidStateError)"
        "A가 보낸 offer가 없어 answer를 받을 수 없습니다. signalingState가 have-local-offer가 아니었습니다 (InvalidStateError)"
    ]
    11 => [
        "gathering takes long, because a STUN or TURN server does not answer: test it with cargo run -- doctor"
        "STUN·TURN 서버가 응답하지 않아 candidate를 모으는 데 오래 걸립니다. cargo run -- doctor --lang ko로 확인하세요"
        "this machine has no network, or does not let the program open UDP sockets"
        "이 기기에 네트워크가 없거나 프로그램이 UDP 소켓을 열 수 없습니다"
    ]
    12 => [
        "messages with candidates were lost or changed: compare what one side sent in step 11 with what the other one added"
        "candidate를 담은 메시지가 사라졌거나 바뀌었습니다. 한쪽이 11단계에서 보낸 것과 다른 쪽이 추가한 것을 비교합니다"
        "the candidates came before the remote description, and were thrown away instead of kept (InvalidStateError)"
        "candidate가 원격 description보다 먼저 왔는데 보관하지 않고 버렸습니다 (InvalidStateError)"
        "the candidates belong to an earlier negotiation: their ufrag is not the one of the description"
        "지난 협상의 candidate여서 ufrag가 description의 것과 다릅니다"
    ]
    13 => [
        "no pair of addresses reaches the other side: a firewall stops UDP, or two routers ask for a TURN server; test it \
         with cargo run -- doctor"
        "상대에게 닿는 주소 쌍이 없습니다. 방화벽이 UDP를 막거나, 공유기(router) 두 대 사이에 TURN 서버가 필요합니다. cargo run \
         -- doctor --lang ko로 확인하세요"
        "candidates are missing on one side: compare steps 11 and 12"
        "한쪽에 candidate가 빠져 있습니다. 11단계와 12단계를 비교합니다"
        "a description was changed on its way: another ice-pwd stops ICE, another fingerprint stops DTLS"
        "description이 도중에 바뀌었습니다. ice-pwd가 다르면 ICE가, fingerprint가 다르면 DTLS가 실패합니다"
    ]
}

#[cfg(test)]
mod tests {
    use shared::STEPS;

    use super::*;

    #[test]
    fn every_step_has_causes_in_both_languages_at_its_own_number() {
        for (step, number) in STEPS.iter().zip(NUMBERS) {
            assert_eq!(step.number, number);
            let causes: Vec<_> = of_step(step).collect();
            assert!(causes.len() >= 2, "{step}");
            for Words { en, ko } in causes {
                assert!(!en.ends_with('.') && !ko.ends_with('.') && ko.contains("니다"), "{step}: {en}");
                assert!(!en.contains(';') || en.contains("doctor"), "{step}: {en}: a cause is one sentence");
            }
        }
    }
}
