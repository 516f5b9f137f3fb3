//! What happens in each step, in both languages. The English sentences are those of [`shared::STEPS`].

use shared::Step;

use super::Language;

/// The Korean sentences, by the number of the step.
const KOREAN: [&str; 14] = [
    "내 카메라와 마이크의 스트림을 얻습니다.",
    "ICE 서버 목록으로 피어 연결을 만듭니다.",
    "오디오와 비디오 트랙을 추가합니다.",
    "offer를 만듭니다.",
    "offer를 로컬 description으로 설정합니다.",
    "offer를 시그널링 서버로 보냅니다.",
    "offer를 받아 원격 description으로 설정합니다.",
    "answer를 만듭니다.",
    "answer를 로컬 description으로 설정합니다.",
    "answer를 시그널링 서버로 보냅니다.",
    "answer를 받아 원격 description으로 설정합니다.",
    "내 ICE candidate를 나타나는 대로 보냅니다.",
    "상대의 ICE candidate를 추가합니다.",
    "연결되어 상대의 스트림이 도착합니다.",
];

/// What happens in this step.
pub fn of_step(step: &Step, language: Language) -> &'static str {
    match language {
        Language::English => step.sentence,
        Language::Korean => KOREAN[usize::from(step.number)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_sentence_in_both_languages() {
        for step in &shared::STEPS {
            let [en, ko] = [Language::English, Language::Korean].map(|language| of_step(step, language));
            assert!(en.ends_with('.') && ko.ends_with("다."), "{step}");
        }
        assert_eq!(of_step(Step::number(7), Language::Korean), "answer를 만듭니다.");
    }
}
