"""Ava: brown bob, navy blazer, white blouse, a bright cool room."""

from __future__ import annotations

from simulator.faces import portrait
from simulator.faces.portrait import Look, neck, skin_shading
from simulator.faces.strokes import line, linear, mirrored, path, svg

LOOK = Look(
    skin="#f6cfae",
    light="#fde3cb",
    shade="#e0a583",
    deep="#a8634a",
    blush="#f08a7c",
    lip="#cf5f66",
    lip_dark="#b5474f",
    lip_light="#f3b3ae",
    brow="#553628",
    iris="#4f8f78",
    iris_dark="#234a40",
    lash="#2b1a1c",
    lip_fullness=1.0,
    lashes=True,
    nose=0.96,
)
FACE = (
    "M256 104 C318 104 343 150 343 210 C343 262 334 300 309 331 C291 352 272 362 256 362"
    " C240 362 221 352 203 331 C178 300 169 262 169 210 C169 150 194 104 256 104Z"
)

HAIR = (
    "M256 58 C182 56 142 108 140 190 C138 246 124 300 124 346 C124 386 158 400 196 384"
    " C216 376 232 372 256 372 C280 372 296 376 316 384 C354 400 388 386 388 346"
    " C388 300 374 246 372 190 C370 108 330 56 256 58Z"
)


def backdrop() -> str:
    return portrait.backdrop(
        "#f3f6fe", "#dfe7fa", "#c3d0f2", ("#b9c9f3", "#ffffff", "#eef2fe", "#c9d6f6")
    )


def back() -> str:
    defs = linear("hair", (0, "#5a3a2c"), (0.5, "#45291f"), (1, "#351d17"))
    return svg(
        path(HAIR, "url(#hair)")
        + '<clipPath id="hairclip"><path d="'
        + HAIR
        + '"/></clipPath>'
        + line("M150 300 C142 336 150 368 186 376", "#8f6350", 2.2, 0.5)
        + line("M164 318 C158 344 164 362 188 368", "#8f6350", 1.6, 0.35)
        + line("M362 300 C370 336 362 368 326 376", "#241210", 2.2, 0.4)
        + line("M348 318 C354 344 348 362 324 368", "#8f6350", 1.6, 0.3)
        + '<g clip-path="url(#hairclip)">'
        + path(
            "M196 330 C206 352 226 366 256 368 C286 366 306 352 316 330 L320 390 H192Z",
            "#24120f",
            'opacity="0.6" filter="url(#b5)"',
        )
        + "</g>",
        defs,
    )


def body() -> str:
    defs = (
        linear("blazer", (0, "#32479a"), (1, "#1d2a66"))
        + linear("lapel", (0, "#4158b4"), (1, "#27377f"))
        + linear("blouse", (0, "#ffffff"), (1, "#e6e9f4"))
    )
    side = (
        path("M214 388 C190 398 178 404 172 412 L236 512 H276 L256 470Z", "url(#blouse)")
        + path(
            "M206 386 C196 392 186 398 181 404 L222 452 L256 472 C236 444 218 414 206 386Z",
            "#ffffff",
        )
        + line("M206 386 C218 414 236 444 256 472", "#c6cde2", 1.4, 0.9)
        + line("M181 404 L222 452 L255 472", "#c6cde2", 1.2, 0.8)
    )
    jacket = (
        path(
            "M182 400 C146 412 104 418 76 436 C46 456 36 486 32 520 H262 L246 512"
            " C222 474 198 436 182 400Z",
            "url(#blazer)",
        )
        + path(
            "M182 398 C168 404 160 410 156 420 L146 452 L166 460 L158 476 L242 520 H258"
            " C228 486 200 444 182 398Z",
            "#141d4b",
            'opacity="0.35" filter="url(#b3)"',
        )
        + path(
            "M182 398 C170 404 162 410 158 420 L148 450 L168 458 L160 472 L246 520 H258"
            " C228 486 202 444 182 398Z",
            "url(#lapel)",
        )
        + line("M182 398 C202 444 228 486 258 520", "#6f86dd", 1.3, 0.6)
        + line("M148 450 L168 458 L160 472", "#1a2659", 1.3, 0.6)
        + line("M84 470 C92 486 96 502 97 518", "#141d4b", 2.2, 0.35)
        + path(
            "M76 436 C46 456 36 486 32 520 H44 C50 488 62 460 96 432Z",
            "#5b72cf",
            'opacity="0.35" filter="url(#b3)"',
        )
    )
    return svg(
        neck(LOOK, 35) + mirrored(side) + mirrored(jacket),
        defs,
    )


def head() -> str:
    defs = linear(
        "skin", (0, "#f3c6a2"), (0.3, "#f8d4b5"), (0.75, "#f5caa8"), (1, "#e6ac89")
    ) + linear("hairtop", (0, "#7a5040"), (0.35, "#5c3b2d"), (1, "#3f261d"))
    crown = (
        "M256 56 C186 56 144 102 141 188 C140 226 141 262 145 294 C150 322 160 336 171 330"
        " C177 316 175 292 174 262 C172 230 174 206 182 190 C214 182 268 158 292 112"
        " C302 140 322 166 332 190 C340 208 341 230 338 262 C337 292 335 316 341 330"
        " C352 336 362 322 367 294 C371 262 372 226 371 188 C368 102 326 56 256 56Z"
    )
    strands = (
        line("M286 92 C262 136 214 160 172 176", "#8f6350", 2.4, 0.55)
        + line("M276 82 C250 122 200 146 158 168", "#8f6350", 1.8, 0.45)
        + line("M262 74 C232 104 186 126 152 160", "#2e1a14", 1.6, 0.35)
        + line("M298 96 C312 128 340 152 358 190", "#8f6350", 2.0, 0.5)
        + line("M308 84 C330 106 354 138 364 186", "#2e1a14", 1.6, 0.35)
        + line("M146 206 C143 240 147 280 154 316", "#8f6350", 2.0, 0.45)
        + line("M366 206 C369 240 365 280 358 316", "#2e1a14", 2.0, 0.35)
        + path(
            "M182 110 C206 82 240 72 268 74 C240 84 212 98 190 126 C182 134 174 124 182 110Z",
            "#c59a7f",
            'opacity="0.38" filter="url(#b3)"',
        )
    )
    return svg(
        path(FACE, "url(#skin)")
        + skin_shading(
            LOOK,
            FACE,
            "M166 240 C168 212 174 200 184 188 C216 182 272 160 292 108 C302 142 322 168 330 190"
            " C340 206 344 226 344 250 L330 214 C318 190 304 168 294 140 C270 176 222 198 190 206"
            " C180 216 172 230 166 240Z",
        )
        + path(crown, "url(#hairtop)")
        + strands,
        defs,
    )
