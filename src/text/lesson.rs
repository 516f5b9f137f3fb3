//! What a teacher says about each step: why it is taken, and what is true after it. What can go wrong is in
//! [`causes`](crate::text::causes).

use shared::Step;

use super::{Text, Words};

/// What is said about one step.
#[derive(Debug)]
pub struct Lesson {
    why: Words,
    waits: Option<Words>,
    now: Words,
    check: Words,
}

impl Lesson {
    /// What is about to happen, and why.
    pub fn why(&'static self) -> Text {
        &self.why
    }

    /// What the step waits for, when it goes on after it has begun.
    pub fn waits(&'static self) -> Option<Text> {
        self.waits.as_ref()
    }

    /// What is true now, and was not before.
    pub fn now(&'static self) -> Text {
        &self.now
    }

    /// What must hold after the step.
    pub fn check(&'static self) -> Text {
        &self.check
    }
}

/// What is said about this step.
pub fn of_step(step: &Step) -> &'static Lesson {
    &LESSONS[usize::from(step.number)]
}

const fn words(en: &'static str, ko: &'static str) -> Words {
    Words { en, ko }
}

/// By the number of the step.
static LESSONS: [Lesson; 14] = [
    Lesson {
        why: words(
            "A call needs something to send. A browser asks the person for camera and microphone here. A headless peer \
             plays files instead: a test pattern and a tone.",
            "통화를 하려면 보낼 것이 있어야 합니다. 브라우저는 여기서 카메라와 마이크 사용을 허락받습니다. 헤드리스 \
             피어(headless peer)는 그 대신 파일을 재생합니다. 테스트 화면과 신호음입니다.",
        ),
        waits: None,
        now: words(
            "Each side has a local stream. Nobody else knows of it yet.",
            "양쪽에 로컬 스트림이 생겼습니다. 아직 다른 누구도 이 스트림을 모릅니다.",
        ),
        check: words("each side has a stream, and says what is in it", "양쪽에 스트림이 있고 그 내용을 알 수 있습니다"),
    },
    Lesson {
        why: words(
            "All later calls belong to this object. It is told which STUN and TURN servers to ask, because it searches for \
             addresses as soon as step 4 or 8 allows it. Here the list is empty: both sides are on this machine.",
            "앞으로의 모든 호출은 이 객체의 것입니다. 4단계나 8단계가 끝나면 바로 주소를 찾기 시작하므로, 물어볼 STUN·TURN \
             서버를 미리 알려 줍니다. 여기서는 양쪽이 같은 기기에 있으므로 목록이 비어 있습니다.",
        ),
        waits: None,
        now: words(
            "Each side has a peer connection, and it is idle: signalingState is stable, the other states are new.",
            "양쪽에 피어 연결이 생겼습니다. signalingState는 stable, 다른 상태는 모두 new이며 아직 아무 일도 하지 않습니다.",
        ),
        check: words("no state machine has moved", "어떤 상태도 바뀌지 않았습니다"),
    },
    Lesson {
        why: words(
            "An offer describes what is there when it is made. So the tracks are added first. Then each side enters the \
             room, and the server decides: the side that comes first is A, and A makes the offer.",
            "offer에는 만들 때 있던 것만 담깁니다. 그래서 트랙부터 추가합니다. 그다음 양쪽이 방에 들어가면 서버가 역할을 \
             정합니다. 먼저 들어온 쪽이 A이고, A가 offer를 만듭니다.",
        ),
        waits: None,
        now: words(
            "Both are in the room. Each connection has an audio and a video track, and sends nothing yet.",
            "둘 다 방에 있습니다. 연결마다 오디오와 비디오 트랙이 있지만 아직 아무것도 보내지 않습니다.",
        ),
        check: words(
            "the server let the first one in as A and the second one as B",
            "서버가 먼저 온 쪽을 A로, 나중에 온 쪽을 B로 들였습니다",
        ),
    },
    Lesson {
        why: words(
            "A writes down, as text (SDP), what it wants to send and what it can receive: codecs, encryption, and the \
             credentials of ICE. To create an offer changes nothing yet: it is a proposal.",
            "A는 무엇을 보내고 싶고 무엇을 받을 수 있는지를 텍스트(SDP)로 적습니다. 코덱, 암호화, ICE의 사용자 이름과 \
             비밀번호가 들어갑니다. 만드는 것만으로는 아무것도 바뀌지 않습니다. 아직은 제안일 뿐입니다.",
        ),
        waits: None,
        now: words(
            "A has a text. It is not set: A's signalingState is still stable.",
            "A에게 텍스트가 생겼습니다. 아직 설정하지 않았으므로 A의 signalingState는 그대로 stable입니다.",
        ),
        check: words(
            "it is an offer with a section for sound, one for picture and one for data, and signalingState is stable",
            "offer에 소리, 영상, 데이터 구간이 하나씩 있고 signalingState는 stable입니다",
        ),
    },
    Lesson {
        why: words(
            "A commits itself to its own offer. From here on it searches for its own addresses, the candidates: they belong \
             to exactly this description.",
            "A는 자기가 만든 offer를 지키기로 합니다. 이때부터 자기 주소, 곧 candidate를 찾습니다. candidate는 바로 이 \
             description에 속합니다.",
        ),
        waits: None,
        now: words(
            "The offer is A's local description, and A gathers candidates. Nobody else has heard of the offer.",
            "offer가 A의 로컬 description이 되었고 A는 candidate를 모읍니다. 아직 다른 누구도 이 offer를 모릅니다.",
        ),
        check: words(
            "A's signalingState is have-local-offer, and A has begun to gather",
            "A의 signalingState는 have-local-offer이고 candidate를 모으기 시작했습니다",
        ),
    },
    Lesson {
        why: words(
            "WebRTC does not say how an offer travels (RFC 8829, section 1.1). Here the signaling server passes it on to the \
             other member of the room. No candidate may overtake it.",
            "WebRTC는 offer를 전하는 방법을 정하지 않습니다 (RFC 8829, 1.1절). 여기서는 시그널링(signaling) 서버가 방의 \
             다른 사람에게 전해 줍니다. candidate가 offer를 앞질러서는 안 됩니다.",
        ),
        waits: None,
        now: words(
            "The server has acknowledged the offer: it passed it on. A waits for an answer.",
            "서버가 offer를 전했다고 확인해 주었습니다. A는 answer를 기다립니다.",
        ),
        check: words(
            "the server acknowledged the offer, and A's signalingState is still have-local-offer",
            "서버가 offer를 확인해 주었고 A의 signalingState는 그대로 have-local-offer입니다",
        ),
    },
    Lesson {
        why: words(
            "B learns what A proposes. Without a remote description B can neither answer nor add a candidate of A.",
            "B는 A가 무엇을 제안하는지 알게 됩니다. 원격 description이 없으면 B는 answer를 만들 수도, A의 candidate를 추가할 \
             수도 없습니다.",
        ),
        waits: None,
        now: words(
            "The offer is B's remote description. B has to answer it.",
            "offer가 B의 원격 description이 되었습니다. 이제 B가 answer를 만들 차례입니다.",
        ),
        check: words(
            "B's signalingState is have-remote-offer, and the text is the one that A made in step 3",
            "B의 signalingState는 have-remote-offer이고, 텍스트는 A가 3단계에서 만든 그대로입니다",
        ),
    },
    Lesson {
        why: words(
            "B chooses from the offer: the codecs that both have, and which side begins the encryption (a=setup). The answer \
             has the sections of the offer, in the same order.",
            "B는 offer에서 고릅니다. 둘 다 가진 코덱이 무엇인지, 어느 쪽이 암호화를 시작할지(a=setup)를 정합니다. answer의 \
             구간은 offer와 같고 순서도 같습니다.",
        ),
        waits: None,
        now: words(
            "B has a text. It is not set: B's signalingState is still have-remote-offer.",
            "B에게 텍스트가 생겼습니다. 아직 설정하지 않았으므로 B의 signalingState는 그대로 have-remote-offer입니다.",
        ),
        check: words(
            "it is an answer with the sections of the offer, in the same order",
            "answer의 구간이 offer와 같고 순서도 같습니다",
        ),
    },
    Lesson {
        why: words(
            "B commits itself to its answer. For B the negotiation is over with it, and B searches for its own addresses.",
            "B는 자기가 만든 answer를 지키기로 합니다. B의 협상(negotiation)은 이것으로 끝나고, B도 자기 주소를 찾습니다.",
        ),
        waits: None,
        now: words(
            "B has both descriptions and is stable again. It is settled which side begins the encryption.",
            "B는 두 description을 모두 가졌고 다시 stable입니다. 어느 쪽이 암호화를 시작할지도 정해졌습니다.",
        ),
        check: words(
            "B's signalingState is stable, and B has begun to gather",
            "B의 signalingState는 stable이고 candidate를 모으기 시작했습니다",
        ),
    },
    Lesson {
        why: words(
            "The answer goes back the way that the offer came. It names the offer that it belongs to, so that nobody takes \
             it for an answer to an older one.",
            "answer는 offer가 온 길로 돌아갑니다. 어느 offer에 대한 것인지 적혀 있어서 지난 offer의 answer와 헷갈리지 않습니다.",
        ),
        waits: None,
        now: words(
            "The server has acknowledged the answer: it passed it on.",
            "서버가 answer를 전했다고 확인해 주었습니다.",
        ),
        check: words(
            "the server acknowledged the answer, and B's signalingState is stable",
            "서버가 answer를 확인해 주었고 B의 signalingState는 stable입니다",
        ),
    },
    Lesson {
        why: words(
            "A learns what B has chosen. With this the two agree on what to send. They still know no way to each other.",
            "A는 B가 무엇을 골랐는지 알게 됩니다. 이제 무엇을 보낼지는 합의했지만, 서로에게 가는 길은 아직 모릅니다.",
        ),
        waits: None,
        now: words(
            "Both sides have both descriptions, so ICE may begin: it has the names and passwords of both.",
            "양쪽이 두 description을 모두 가졌습니다. 서로의 ICE 사용자 이름과 비밀번호를 알게 되었으므로 ICE를 시작할 수 \
             있습니다.",
        ),
        check: words(
            "A's signalingState is stable, and the text is the one that B made in step 7",
            "A의 signalingState는 stable이고, 텍스트는 B가 7단계에서 만든 그대로입니다",
        ),
    },
    Lesson {
        why: words(
            "A candidate is an address at which a side can perhaps be reached. Each one is sent as soon as it is known \
             (trickle ICE, RFC 8838). In a call at full speed this goes on beside the other steps; here it was held until \
             now.",
            "candidate는 이쪽에 닿을 가능성이 있는 주소입니다. 알게 되는 대로 하나씩 보냅니다 (trickle ICE, RFC 8838). \
             실제 통화에서는 다른 단계와 함께 진행되지만, 여기서는 지금까지 붙잡아 두었습니다.",
        ),
        waits: Some(words(
            "until null says that no more candidates of this side will come",
            "candidate가 더 없다는 뜻의 null이 나올 때까지 기다립니다",
        )),
        now: words(
            "Each side has told where it can perhaps be reached.",
            "양쪽이 자기에게 닿을 가능성이 있는 주소를 알렸습니다.",
        ),
        check: words(
            "each side sent at least one candidate, and null after the last one",
            "양쪽이 candidate를 하나 이상 보냈고, 마지막으로 null을 보냈습니다",
        ),
    },
    Lesson {
        why: words(
            "ICE makes pairs of an own and a remote candidate, and tries each with a small packet in both directions (STUN \
             Binding request). Without this step a side does not know where to send it.",
            "ICE는 자기 candidate와 상대의 candidate를 짝지어, 쌍마다 작은 패킷(STUN Binding request)을 양방향으로 보내 봅니다. \
             이 단계가 없으면 어디로 보낼지 알 수 없습니다.",
        ),
        waits: Some(words(
            "until the other side's null says that no more of its candidates will come",
            "상대의 candidate가 더 없다는 뜻의 null이 올 때까지 기다립니다",
        )),
        now: words(
            "Each side has all candidates of the other, and ICE tries the pairs.",
            "양쪽이 상대의 candidate를 모두 가졌고, ICE가 쌍을 하나씩 시험합니다.",
        ),
        check: words(
            "each side added exactly the candidates that the other one sent in step 11",
            "양쪽이 추가한 candidate가 상대가 11단계에서 보낸 것과 똑같습니다",
        ),
    },
    Lesson {
        why: words(
            "One pair has to work in both directions. Then DTLS agrees on keys, and media flows. The track event says that the \
             other side's stream is there.",
            "쌍 하나가 양방향으로 통해야 합니다. 그러면 DTLS가 키를 정하고 미디어가 흐릅니다. track 이벤트는 상대의 스트림이 \
             왔다는 뜻입니다.",
        ),
        waits: Some(words(
            "until connectionState is connected and the other side's tracks are there",
            "connectionState가 connected가 되고 상대의 트랙이 올 때까지 기다립니다",
        )),
        now: words(
            "The two are connected. Picture, sound and chat flow from one to the other, and the server sees none of it.",
            "둘이 연결되었습니다. 영상, 소리, 채팅이 서로에게 바로 흐르며 서버에는 보이지 않습니다.",
        ),
        check: words(
            "both sides are connected over the two ends of one pair, with a track of sound and one of picture each",
            "양쪽이 한 쌍의 양 끝으로 연결되었고, 소리와 영상 트랙이 하나씩 있습니다",
        ),
    },
];

#[cfg(test)]
mod tests {
    use shared::STEPS;

    use super::*;

    #[test]
    fn every_step_is_explained_in_both_languages() {
        for step in &STEPS {
            let lesson = of_step(step);
            for (text, what) in [(lesson.why(), "why"), (lesson.now(), "now")] {
                assert!(text.en.ends_with('.') && text.ko.ends_with("니다."), "{step}: {what}");
                assert!(text.en.matches(". ").count() < 3, "{step}: {what} is long");
            }
            assert!(lesson.check().ko.ends_with("니다") && !lesson.check().en.ends_with('.'), "{step}: check");
            // Those that have only begun when they are done say what they wait for.
            assert_eq!(lesson.waits().is_some(), step.number >= 11, "{step}");
        }
    }
}
