"""Mia: dark curls, deep brown skin, coral jacket and a fine gold chain, a warm evening room."""

from __future__ import annotations

import math

from simulator.faces import portrait
from simulator.faces.portrait import Look, neck, skin_shading
from simulator.faces.strokes import ellipse, line, linear, mirrored, path, radial, svg

LOOK = Look(
    skin="#96603f",
    light="#c58c64",
    shade="#7a4a2f",
    deep="#451f15",
    blush="#c2503f",
    lip="#a8424a",
    lip_dark="#86303c",
    lip_light="#d98a88",
    brow="#1d1212",
    iris="#5b341c",
    iris_dark="#26130b",
    lash="#140b0d",
    lip_fullness=1.22,
    lashes=True,
    nose=1.14,
)
FACE = (
    "M256 106 C316 106 341 152 341 208 C341 258 334 296 310 328 C292 350 274 363 256 363"
    " C238 363 220 350 202 328 C178 296 171 258 171 208 C171 152 196 106 256 106Z"
)


def backdrop() -> str:
    return portrait.backdrop(
        "#fff6ee", "#fde3d3", "#f3c3b0", ("#f7c7ae", "#ffffff", "#fff0e6", "#eebcc0")
    )


def curl(x: float, y: float, size: float, turn: float, shade: str) -> str:
    """One curl: a ball of hair with a few strands that wind around its lit side."""
    strands = line(
        f"M{-size * 0.8} {size * 0.25} C{-size * 0.8} {-size * 0.7} {size * 0.5} {-size * 0.9}"
        f" {size * 0.75} {-size * 0.15}",
        "#8a6353",
        1.6,
        0.42,
    ) + line(
        f"M{-size * 0.5} {size * 0.4} C{-size * 0.6} {-size * 0.4} {size * 0.3} {-size * 0.5}"
        f" {size * 0.4} {size * 0.05} C{size * 0.4} {size * 0.3} 0 {size * 0.3} {-size * 0.1} 0",
        "#6d4a3d",
        1.4,
        0.4,
    )
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})">'
        f"{ellipse(0, 0, size, size * 0.92, shade)}{strands}</g>"
    )


def curls(
    middle: tuple[float, float],
    reach: tuple[float, float],
    span: tuple[float, float],
    count: int,
    size: float,
    shade: str,
) -> str:
    """A row of curls along an arc, from one angle to another (degrees, 0 is right, 90 is up)."""
    drawn = []
    for index in range(count):
        angle = math.radians(span[0] + (span[1] - span[0]) * index / (count - 1))
        wave = math.sin(index * 2.4)  # no two neighbours alike
        drawn.append(
            curl(
                middle[0] + (reach[0] + 5 * wave) * math.cos(angle),
                middle[1] - (reach[1] + 5 * wave) * math.sin(angle),
                size * (1 + 0.15 * math.sin(index * 4.1)),
                70 * wave - 20,
                shade,
            )
        )
    return "".join(drawn)


SHADES = radial("dark", (0, "#38241e", 1), (0.7, "#2a1a17", 1), (1, "#1f1312", 1)) + radial(
    "bright", (0, "#4a3027", 1), (0.7, "#38241e", 1), (1, "#2a1a17", 1)
)


def back() -> str:
    mass = (
        "M256 62 C176 60 122 120 120 206 C114 264 116 320 150 356 C182 384 220 372 256 372"
        " C292 372 330 384 362 356 C396 320 398 264 392 206 C390 120 336 60 256 62Z"
    )
    return svg(
        path(mass, "#1c1110")
        + curls((256, 222), (132, 146), (-58, 238), 19, 31, "url(#dark)")
        + curls((256, 226), (108, 120), (-56, 236), 17, 28, "url(#dark)"),
        SHADES,
    )


def body() -> str:
    defs = (
        linear("jacket", (0, "#ee7259"), (1, "#c2442f"))
        + linear("lapel", (0, "#f98d73"), (1, "#d9573f"))
        + linear("top", (0, "#fff6ea"), (1, "#f0dcc8"))
    )
    top = path(
        "M196 398 C186 402 180 404 176 408 L220 520 H292 L336 408 C332 404 326 402 316 398"
        " C304 438 282 462 256 462 C230 462 208 438 196 398Z",
        "url(#top)",
    ) + line("M196 398 C208 438 230 462 256 462 C282 462 304 438 316 398", "#cfae90", 1.6, 0.8)
    chain = line("M204 396 C212 424 234 444 256 447 C278 444 300 424 308 396", "#e9b84f", 1.8)
    pendant = ellipse(256, 451, 4.6, 4.6, "#f3c860") + ellipse(254.8, 449.6, 1.5, 1.5, "#fff4cf")
    jacket = (
        path(
            "M186 400 C150 412 110 418 82 436 C54 456 44 486 40 520 H250 C226 480 202 442 186 400Z",
            "url(#jacket)",
        )
        + path(
            "M184 400 C168 408 158 420 154 438 C158 470 196 506 236 520 H252"
            " C226 486 204 446 184 400Z",
            "#7d2417",
            'opacity="0.30" filter="url(#b3)"',
        )
        + path(
            "M186 400 C172 408 162 420 158 436 C162 466 200 504 242 520 H252"
            " C226 486 204 444 186 400Z",
            "url(#lapel)",
        )
        + line("M186 400 C204 444 226 486 252 520", "#ffc0ac", 1.4, 0.7)
        + line("M92 470 C98 486 102 502 103 518", "#8b2c1d", 2.2, 0.35)
        + path(
            "M82 436 C54 456 44 486 40 520 H52 C58 488 70 460 102 432Z",
            "#ffb29b",
            'opacity="0.4" filter="url(#b3)"',
        )
    )
    return svg(neck(LOOK, 35) + top + chain + pendant + mirrored(jacket), defs)


def head() -> str:
    defs = (
        SHADES
        + linear("skin", (0, "#8a5637"), (0.35, "#a06a47"), (0.75, "#96603f"), (1, "#7f4e32"))
        + linear("ear", (0, "#94603f"), (1, "#774729"))
        + radial("gold", (0, "#fff3c4", 1), (0.5, "#eebf5a", 1), (1, "#b98122", 1), cx=0.4, cy=0.4)
    )
    ear = (
        path("M174 228 C160 218 152 232 156 252 C159 270 168 284 178 280Z", "url(#ear)")
        + line("M170 238 C162 236 160 248 164 260 C166 266 170 270 173 269", LOOK.deep, 1.8, 0.6)
        + '<circle cx="164" cy="297" r="10.5" fill="none" stroke="url(#gold)" stroke-width="3"/>'
    )
    hairline = (
        "M168 240 C170 206 184 172 212 160 C240 150 272 150 300 160 C328 172 342 206 344 240"
        " L332 214 C322 186 300 172 256 170 C212 172 190 186 180 214Z"
    )
    cap = (
        "M170 214 C164 150 196 84 256 82 C316 84 348 150 342 214 C334 186 320 168 298 158"
        " C272 150 240 150 214 158 C192 168 178 186 170 214Z"
    )
    return svg(
        mirrored(ear)
        + path(FACE, "url(#skin)")
        + skin_shading(LOOK, FACE, hairline)
        + path(cap, "#1c1110")
        + curls((256, 214), (101, 122), (0, 180), 11, 29, "url(#dark)")
        + curls((256, 208), (84, 94), (10, 170), 10, 25, "url(#bright)")
        + curls((256, 204), (80, 62), (8, 172), 10, 18, "url(#bright)"),
        defs,
    )
