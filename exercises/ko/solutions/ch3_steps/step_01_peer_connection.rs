//! **1단계: new RTCPeerConnection.** 설정은 W3C의 것 그대로입니다. 서버의 목록이며, 서버마다 URL이 있습니다.
