"""What every portrait shares: its colours, the room behind, the nose and cheeks, the neck."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.faces.strokes import ellipse, line, linear, mirrored, path, radial, svg

EYE_X, EYE_Y = 41, 238  # half the distance between the pupils; their height
MOUTH_Y = 318


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and proportions of one presenter; the drawing functions add the shapes."""

    skin: str
    light: str
    shade: str
    deep: str
    blush: str
    lip: str
    lip_dark: str
    lip_light: str
    brow: str
    iris: str
    iris_dark: str
    lash: str
    lip_fullness: float  # 1 is medium
    lashes: bool  # long, with a wing
    nose: float  # width, 1 is medium


def backdrop(top: str, middle: str, bottom: str, bubbles: tuple[str, str, str, str]) -> str:
    """A softly lit wall with four large round shapes out of focus."""
    defs = linear("wall", (0, top), (0.55, middle), (1, bottom)) + radial(
        "glow", (0, "#ffffff", 0.95), (0.6, "#ffffff", 0.35), (1, "#ffffff", 0)
    )
    a, b, c, d = bubbles
    return svg(
        '<rect width="512" height="512" fill="url(#wall)"/>'
        + ellipse(452, 66, 112, 112, a, 'opacity="0.55" filter="url(#b3)"')
        + ellipse(60, 128, 92, 92, b, 'opacity="0.65" filter="url(#b3)"')
        + ellipse(474, 300, 80, 80, c, 'opacity="0.6" filter="url(#b3)"')
        + ellipse(30, 366, 64, 64, d, 'opacity="0.5" filter="url(#b3)"')
        + ellipse(240, 210, 270, 270, "url(#glow)"),
        defs,
    )


def neck(look: Look, width: float) -> str:
    """The neck down to the collar bones, `width` is half its width; the chin's shadow is on it."""
    a, b = 256 - width, 256 + width
    d = (
        f"M{a} 316 V376 C{a - 2} 392 196 398 180 404 L256 490 L332 404"
        f" C316 398 {b + 2} 392 {b} 376 V316Z"
    )
    return (
        linear("neck", (0, look.shade), (0.6, look.skin), (1, look.skin))
        + f'<clipPath id="neckclip"><path d="{d}"/></clipPath>'
        + path(d, "url(#neck)")
        + '<g clip-path="url(#neckclip)">'
        + path(
            f"M{a - 12} 330 C222 374 290 374 {b + 12} 330 L{b + 12} 354 C296 398 236 406 214 368Z",
            look.deep,
            'opacity="0.42" filter="url(#b5)"',
        )
        + line(
            "M236 408 C246 412 250 418 252 424 M276 408 C266 412 262 418 260 424",
            look.deep,
            2.0,
            0.35,
            'filter="url(#b1)"',
        )
        + "</g>"
    )


def skin_shading(look: Look, face: str, hairline: str) -> str:
    """Light from the left and the shadow that the hair throws, inside the outline of the face."""
    return (
        f'<clipPath id="face"><path d="{face}"/></clipPath><g clip-path="url(#face)">'
        + path(
            "M169 210 C160 300 210 372 262 368 C214 350 188 300 186 210Z",
            look.light,
            'opacity="0.35" filter="url(#b5)"',
        )
        + path(
            "M343 190 C352 300 312 372 250 368 C300 350 326 300 325 200Z",
            look.deep,
            'opacity="0.28" filter="url(#b8)"',
        )
        + path(hairline, look.deep, 'opacity="0.45" filter="url(#b5)"')
        + ellipse(250, 198, 40, 18, look.light, 'opacity="0.5" filter="url(#b8)"')
        + ellipse(256, 347, 15, 7, look.light, 'opacity="0.5" filter="url(#b3)"')
        + "</g>"
    )


def brow(look: Look) -> str:
    """One brow above an eye at (0, 0), outer end towards +x."""
    if look.lashes:
        d = (
            "M-25 -25 C-14 -33 8 -37 27 -27.5 C12 -32 -6 -29.5 -24.5 -20.5"
            " C-27 -21 -27.5 -24 -25 -25Z"
        )
    else:
        d = (
            "M-25 -25.5 C-12 -33 10 -35.5 28 -25 C12 -28.5 -6 -26.5 -23.5 -18"
            " C-27 -18.5 -28 -24 -25 -25.5Z"
        )
    hairs = line("M-20 -23.5 L-14 -28 M-12 -25.5 L-5 -30.5 M-2 -28 L6 -32", look.light, 0.8, 0.16)
    return path(d, look.brow) + hairs


def features(look: Look) -> str:
    """What sits on the face and doesn't change: cheeks, nose, brows, the shade of the sockets."""
    defs = radial("blush", (0, look.blush, 0.42), (0.6, look.blush, 0.16), (1, look.blush, 0))
    nose = (
        path(
            "M247 228 C244 250 239 266 239 278 C243 286 250 288 256 288 L256 228Z",
            look.shade,
            'opacity="0.32" filter="url(#b3)"',
        )
        + path(
            "M262 232 C266 256 275 268 275 278 C272 288 262 290 256 290 C264 284 264 262 258 232Z",
            look.deep,
            'opacity="0.30" filter="url(#b2)"',
        )
        + ellipse(254, 254, 3.2, 18, look.light, 'opacity="0.6" filter="url(#b2)"')
        + ellipse(254.5, 275, 6, 4.6, look.light, 'opacity="0.7" filter="url(#b2)"')
        + line(
            "M240 274 C236.5 281 240 286.5 246 285.5 M272 274 C275.5 281 272 286.5 266 285.5",
            look.deep,
            1.7,
            0.62,
        )
        + line("M247 286.5 C252 289.6 260 289.6 265 286.5", look.deep, 1.9, 0.62)
        + path(
            "M244.5 284.6 q3.6 -2.2 6.2 1 q-3 1.6 -6.2 -1Z"
            " M267.5 284.6 q-3.6 -2.2 -6.2 1 q3 1.6 6.2 -1Z",
            look.deep,
            'opacity="0.7"',
        )
    )
    eye_region = (
        ellipse(EYE_X + 1, -5, 29, 16, look.shade, 'opacity="0.45" filter="url(#b5)"')
        + f'<g transform="translate({EYE_X} -1) rotate(4 0 -27)">{brow(look)}</g>'
    )
    return svg(
        mirrored(ellipse(204, 284, 30, 22, "url(#blush)"))
        + mirrored(ellipse(200, 268, 15, 6, look.light, 'opacity="0.40" filter="url(#b3)"'))
        + f'<g transform="translate({256 * (1 - look.nose)} 0) scale({look.nose} 1)">{nose}</g>'
        + f'<g transform="translate(256 {EYE_Y})">{eye_region}'
        + f'<g transform="scale(-1 1)">{eye_region}</g></g>',
        defs,
    )
