"""A page written for the service, in front of `--dialect live`, in a real browser."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from simulator.mouth import SIZE
from tests.support import browser
from tests.support.simulator_caller import AVATAR, KS, Caller
from tests.support.simulator_process import eventually, running_simulator

PAGE = """
async ({ whepUrl, turn }) => {
  const connection = new RTCPeerConnection({
    iceServers: [{ urls: turn.url, username: turn.username, credential: turn.credential }],
    iceTransportPolicy: "relay",
    bundlePolicy: "max-bundle",
  });
  const video = document.body.appendChild(document.createElement("video"));
  video.muted = true;
  connection.ontrack = ({ streams }) => { video.srcObject = streams[0]; void video.play(); };
  for (const kind of ["video", "audio"]) {
    connection.addTransceiver(kind, { direction: "recvonly" });
  }
  await connection.setLocalDescription();
  await new Promise((gathered) => {
    connection.onicecandidate = ({ candidate }) => candidate ?? gathered();
  });
  const answer = await fetch(whepUrl, {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: connection.localDescription.sdp,
  });
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  for (let frames = 0; frames < 25; frames += 1) {
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
  }
  const reports = [...(await connection.getStats()).values()];
  const one = (wanted) => reports.find(wanted);
  const pair = one(({ type, nominated }) => type === "candidate-pair" && nominated);
  const picture = one(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  const viewer = answer.headers.get("location").match("/viewer/.*")[0];
  const release = await fetch(whepUrl + viewer, { method: "DELETE" });
  return {
    route: one(({ id }) => id === pair.localCandidateId).candidateType,
    codec: one(({ id }) => id === picture.codecId).mimeType,
    size: [video.videoWidth, video.videoHeight],
    released: release.status,
  };
}
"""


def test_a_page_written_for_the_service() -> None:
    """It allows the relay alone, as the vendor's open-source SDK does, and is shown the picture in
    H264, `SIZE` by `SIZE`. The place that it gives back is free."""
    with running_simulator("--dialect", "live") as simulator, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(), args=list(browser.FLAGS)
        )
        page = chromium.new_page()
        page.goto(f"{simulator.origin}/simulator")
        body = {"visualConfig": {"id": AVATAR}}
        url = f"{simulator.base_url}/create"
        opened = simulator.http.post(url, json=body, headers=KS).raise_for_status().json()
        caller = Caller(simulator, opened["sessionId"], opened["token"])
        media = caller.call("init-client").json()
        for _ in range(2):
            seen = page.evaluate(PAGE, media)
            assert seen == {
                "route": "relay",
                "codec": "video/H264",
                "size": [SIZE, SIZE],
                "released": 200,
            }
        eventually(lambda: caller.record()["viewers"] == 0)
        caller.call("end")
        chromium.close()
