// The search of mdBook keeps what is written in ASCII and drops every other word. The texts themselves are in its index: here
// they are read anew when the reader searches for the first time.
//
// A Korean word has particles at its end (방에서) and is often a part of a longer one (키프레임). So each of its endings is a
// word as well, and since a search finds the beginnings of words, 프레임 finds 키프레임을.
const words = text => String(text ?? "").toLowerCase().match(/[a-z0-9_]+|[가-힣]+/g) ?? [];
const endings = word => /^[가-힣]/.test(word) ? [...word].map((_, at) => word.slice(at)) : [word];

elasticlunr.Index.load = stored => {
    const index = new elasticlunr.Index();
    index.setRef(stored.ref);
    stored.fields.forEach(field => index.addField(field));
    elasticlunr.tokenizer = text => words(text).flatMap(endings);
    Object.values(stored.documentStore.docs).forEach(doc => index.addDoc(doc));
    elasticlunr.tokenizer = words;
    return index;
};

// What mdBook says in English.
const said = {
    "Table of contents": "목차",
    "Toggle Table of Contents": "목차 열고 닫기",
    "Change theme": "테마 바꾸기",
    "Themes": "테마",
    "Search (`/`)": "검색 (`/`)",
    "Toggle Searchbar": "검색창 열고 닫기",
    "Search this book ...": "이 책에서 검색",
    "Page navigation": "페이지 이동",
    "Next chapter": "다음 장",
    "Previous chapter": "이전 장",
    "Auto": "자동",
    "Light": "밝게",
    "Dark": "어둡게",
    "Copy to clipboard": "클립보드에 복사",
    "Copied!": "복사했습니다",
    "Clipboard error!": "복사하지 못했습니다",
};
for (const element of document.querySelectorAll("[title], [aria-label], [placeholder]")) {
    for (const name of ["title", "aria-label", "placeholder"]) {
        const korean = said[element.getAttribute(name)];
        if (korean) element.setAttribute(name, korean);
    }
}

// What mdBook writes later: how many results there are, and what became of a copy.
const writtenLater = text => {
    const [, count, words] = text.match(/^(\d+|No) search results? for '(.*)'[:.]$/) ?? [];
    if (!count) return said[text];
    return count === "No" ? `‘${words}’ 검색 결과가 없습니다.` : `‘${words}’ 검색 결과 ${count}개:`;
};
const translate = element => {
    const korean = writtenLater(element.textContent);
    if (korean) element.textContent = korean;
};
const observer = new MutationObserver(changes => changes.forEach(({ target }) => translate(target)));
for (const element of document.querySelectorAll("#mdbook-searchresults-header, .clip-button .tooltiptext")) {
    translate(element);
    observer.observe(element, { childList: true });
}
