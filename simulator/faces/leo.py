"""Leo: short dark hair, light beard, charcoal blazer over a grey knit, a calm green-grey room."""

from __future__ import annotations

from simulator.faces import portrait
from simulator.faces.portrait import Look, neck, skin_shading
from simulator.faces.strokes import line, linear, mirrored, path, svg

LOOK = Look(
    skin="#cf9a6e",
    light="#ecc39a",
    shade="#b47b50",
    deep="#74402a",
    blush="#c9805a",
    lip="#bd6c60",
    lip_dark="#9c4f47",
    lip_light="#dd9c8e",
    brow="#231917",
    iris="#7a4f2c",
    iris_dark="#3a2313",
    lash="#1d1414",
    lip_fullness=0.82,
    lashes=False,
    nose=1.12,
)
FACE = (
    "M256 100 C320 100 346 148 346 206 C346 246 345 284 332 316 C318 348 288 372 256 372"
    " C224 372 194 348 180 316 C167 284 166 246 166 206 C166 148 192 100 256 100Z"
)


def backdrop() -> str:
    return portrait.backdrop(
        "#f1f6f3", "#d9e6e1", "#b3cac4", ("#a9c6be", "#ffffff", "#eaf3ef", "#bcd3cb")
    )


def back() -> str:
    """Nothing: no hair falls behind his neck."""
    return svg("")


def body() -> str:
    defs = (
        linear("blazer", (0, "#454b57"), (1, "#24282f"))
        + linear("lapel", (0, "#566070"), (1, "#333a45"))
        + linear("knit", (0, "#dfe3e8"), (1, "#aeb6c1"))
    )
    knit = (
        path(
            "M208 386 C196 394 184 400 176 406 L212 520 H300 L336 406 C328 400 316 394 304 386"
            " C296 416 280 428 256 428 C232 428 216 416 208 386Z",
            "url(#knit)",
        )
        + path(
            "M204 384 C210 420 230 438 256 438 C282 438 302 420 308 384 L300 380 C294 410 278 424"
            " 256 424 C234 424 218 410 212 380Z",
            "#eef1f4",
        )
        + line("M204 384 C210 420 230 438 256 438 C282 438 302 420 308 384", "#8f98a6", 1.6, 0.7)
        + line("M212 380 C218 410 234 424 256 424 C278 424 294 410 300 380", "#8f98a6", 1.2, 0.5)
    )
    jacket = (
        path(
            "M184 396 C146 406 96 412 64 432 C34 452 24 486 20 520 H262 L246 512"
            " C222 474 198 436 184 396Z",
            "url(#blazer)",
        )
        + path(
            "M182 396 C166 402 158 410 152 420 L138 456 L162 466 L152 482 L240 520 H258"
            " C228 486 200 444 182 396Z",
            "#14161a",
            'opacity="0.35" filter="url(#b3)"',
        )
        + path(
            "M184 396 C168 402 160 410 154 420 L140 454 L164 464 L154 480 L246 520 H258"
            " C228 486 202 440 184 396Z",
            "url(#lapel)",
        )
        + line("M184 396 C202 440 228 486 258 520", "#8f9bb0", 1.3, 0.5)
        + line("M140 454 L164 464 L154 480", "#1d2127", 1.3, 0.7)
        + line("M74 468 C82 486 86 502 87 518", "#14161a", 2.2, 0.4)
        + path(
            "M64 432 C34 452 24 486 20 520 H32 C38 488 50 460 84 430Z",
            "#7c879a",
            'opacity="0.35" filter="url(#b3)"',
        )
    )
    return svg(neck(LOOK, 47) + knit + mirrored(jacket), defs)


def head() -> str:
    defs = (
        linear("skin", (0, "#c58e62"), (0.35, "#d6a377"), (0.75, "#cf9a6e"), (1, "#ba8257"))
        + linear("hairtop", (0, "#4a3a36"), (0.4, "#2f2321"), (1, "#201716"))
        + linear("ear", (0, "#cb9569"), (1, "#b27a50"))
        + f'<clipPath id="beardclip"><path d="{FACE}"/></clipPath>'
    )
    ear = (
        path("M170 226 C152 212 144 230 149 252 C153 272 164 288 176 282Z", "url(#ear)")
        + line("M165 236 C155 233 152 247 157 260 C160 267 165 272 169 271", LOOK.deep, 1.8, 0.6)
        + line("M162 248 C166 250 166 256 163 261", LOOK.deep, 1.5, 0.4)
    )
    sideburn = path(
        "M166 200 C164 220 164 240 167 262 L176 262 C176 236 180 204 190 176 L176 150Z",
        "#201716",
        'opacity="0.8" filter="url(#b2)"',
    )
    hair = (
        "M169 222 C158 192 156 150 172 122 C186 92 216 68 262 66 C306 64 340 88 350 128"
        " C357 156 353 194 343 222 C342 204 339 190 333 178 C326 164 320 154 316 142"
        " C292 158 236 162 206 148 C194 156 184 166 179 180 C173 194 170 206 169 222Z"
    )
    strands = (
        line("M206 146 C222 116 252 98 292 92", "#6b5650", 2.2, 0.55)
        + line("M222 150 C240 126 270 112 306 110", "#6b5650", 1.8, 0.5)
        + line("M190 140 C202 112 226 90 262 82", "#6b5650", 1.8, 0.4)
        + line("M250 154 C268 138 292 130 322 130", "#6b5650", 1.6, 0.4)
        + line("M314 140 C324 156 334 172 340 196", "#120c0c", 1.6, 0.5)
        + line("M180 160 C182 140 190 122 200 110", "#120c0c", 1.6, 0.4)
        + path(
            "M192 116 C212 86 246 76 284 80 C250 88 220 100 202 128 C194 136 186 128 192 116Z",
            "#94807a",
            'opacity="0.38" filter="url(#b3)"',
        )
    )
    beard = (
        "M160 236 C166 236 172 240 174 252 C176 276 184 296 200 306 C210 312 218 306 228 300"
        " C238 295 248 295 256 297 C264 295 274 295 284 300 C294 306 302 312 312 306"
        " C328 296 336 276 338 252 C340 240 346 236 352 236 V384 H160Z"
        " M256 305 C244 303 233 306 226 313 C223 322 230 331 240 334 C250 331 262 331 272 334"
        " C282 331 289 322 286 313 C279 306 268 303 256 305Z"
    )
    stubble = (
        '<g clip-path="url(#beardclip)">'
        + mirrored(sideburn)
        + path(beard, "#2b1b17", 'fill-rule="evenodd" opacity="0.40" filter="url(#b3)"')
        + path(beard, "#2b1b17", 'fill-rule="evenodd" opacity="0.24" filter="url(#b1)"')
        + "</g>"
    )
    hairline = (
        "M164 240 C168 206 176 176 206 148 C236 162 292 158 316 142 C336 170 346 206 346 250"
        " L336 214 C330 190 320 172 310 160 C284 174 236 176 208 164 C188 184 180 206 164 240Z"
    )
    return svg(
        mirrored(ear)
        + path(FACE, "url(#skin)")
        + skin_shading(LOOK, FACE, hairline)
        + stubble
        + path(hair, "url(#hairtop)")
        + strands,
        defs,
    )
