//! **배압(back-pressure).** 되풀이해서 들여다보지 않아도 되도록, W3C에는 `bufferedamountlow`라는 이벤트가
//! 있습니다.
