# ruff: noqa: RUF001 - units and currencies have signs of their own
"""The names of units, currencies and scales, as they are written and as they are said."""

from __future__ import annotations

SCALES = {
    "thousand": "k K",
    "million": "m M mm MM mn mln mil mio Mio",
    "billion": "b B bn Bn BN bln bil",
    "trillion": "t T tn Tn TN trn",
    "crore": "cr Cr",
    "lakh": "lac",
}
SCALE = {short: word for word, shorts in SCALES.items() for short in shorts.split()}
SCALE |= {word: word for word in ("hundred", *SCALES)}
"""What multiplies a number, by what is written behind it."""

PLAIN_SCALE = {s: w for s, w in SCALE.items() if s not in ("m", "b", "t", "mm", "MM", "mil", "cr")}
"""Those that are clear without a currency: "5m" is five metres, "5M" five million."""

_METRIC = {"": "", "k": "kilo", "c": "centi", "m": "milli", "µ": "micro", "n": "nano"}
_LARGE = {"": "", "k": "kilo", "M": "mega", "G": "giga", "T": "tera"}
_BINARY = {"": "", "k": "kilo", "K": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta"}

UNITS: dict[str, tuple[str, str]] = {
    **{f"{p}m": (f"{n}metre", f"{n}metres") for p, n in _METRIC.items()},
    **{f"{p}g": (f"{n}gram", f"{n}grams") for p, n in _METRIC.items() if p != "c"},
    **{f"{p}{u}": (f"{n}litre", f"{n}litres") for p, n in _METRIC.items() for u in "lL"},
    **{f"{p}s": (f"{n}second", f"{n}seconds") for p, n in _METRIC.items() if p not in ("k", "c")},
    **{f"{p}W": (f"{n}watt", f"{n}watts") for p, n in _LARGE.items()},
    **{f"{p}Wh": (f"{n}watt hour", f"{n}watt hours") for p, n in _LARGE.items()},
    **{f"{p}Hz": (f"{n}hertz", f"{n}hertz") for p, n in _LARGE.items()},
    **{f"{p}V": (f"{n}volt", f"{n}volts") for p, n in _LARGE.items()},
    **{f"{p}Pa": (f"{n}pascal", f"{n}pascals") for p, n in _LARGE.items()},
    **{f"{p}B": (f"{n}byte", f"{n}bytes") for p, n in _BINARY.items() if p},
    **{f"{p}iB": (f"{n[:2]}bibyte", f"{n[:2]}bibytes") for p, n in _BINARY.items() if p},
    **{f"{p}b": (f"{n}bit", f"{n}bits") for p, n in _BINARY.items() if p},
    **{f"{p}bit": (f"{n}bit", f"{n}bits") for p, n in _BINARY.items()},
    **{f"{p}bps": (f"{n}bit per second", f"{n}bits per second") for p, n in _BINARY.items() if p},
    **{f"{p}Bps": (f"{n}byte per second", f"{n}bytes per second") for p, n in _BINARY.items() if p},
    **{f"{p}cal": (f"{n}calorie", f"{n}calories") for p, n in (("", ""), ("k", "kilo"))},
    **{f"{p}J": (f"{n}joule", f"{n}joules") for p, n in _LARGE.items()},
    "mA": ("milliamp", "milliamps"),
    "mAh": ("milliamp hour", "milliamp hours"),
    "mV": ("millivolt", "millivolts"),
    "mW": ("milliwatt", "milliwatts"),
    "MPa": ("megapascal", "megapascals"),
    "hPa": ("hectopascal", "hectopascals"),
    "Ω": ("ohm", "ohms"),
    "kΩ": ("kilohm", "kilohms"),
    "dm": ("decimetre", "decimetres"),
    "dl": ("decilitre", "decilitres"),
    "dL": ("decilitre", "decilitres"),
    "μm": ("micrometre", "micrometres"),
    "μs": ("microsecond", "microseconds"),
    "us": ("microsecond", "microseconds"),
    "mcg": ("microgram", "micrograms"),
    "t": ("tonne", "tonnes"),
    "ha": ("hectare", "hectares"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "yds": ("yards", "yards"),
    "mi": ("mile", "miles"),
    "nmi": ("nautical mile", "nautical miles"),
    "sqft": ("square foot", "square feet"),
    "sqm": ("square metre", "square metres"),
    "lb": ("pound", "pounds"),
    "lbs": ("pounds", "pounds"),
    "oz": ("ounce", "ounces"),
    "gal": ("gallon", "gallons"),
    "qt": ("quart", "quarts"),
    "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "cc": ("cubic centimetre", "cubic centimetres"),
    "mph": ("mile per hour", "miles per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "kmh": ("kilometre per hour", "kilometres per hour"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "fps": ("frame per second", "frames per second"),
    "rps": ("request per second", "requests per second"),
    "qps": ("query per second", "queries per second"),
    "wpm": ("word per minute", "words per minute"),
    "dpi": ("dot per inch", "dots per inch"),
    "ppi": ("pixel per inch", "pixels per inch"),
    "ppm": ("part per million", "parts per million"),
    "ppb": ("part per billion", "parts per billion"),
    "bps": ("basis point", "basis points"),
    "pp": ("percentage point", "percentage points"),
    "px": ("pixel", "pixels"),
    "MP": ("megapixel", "megapixels"),
    "dB": ("decibel", "decibels"),
    "dBA": ("decibel", "decibels"),
    "psi": ("P.S.I", "P.S.I"),
    "lm": ("lumen", "lumens"),
    "lx": ("lux", "lux"),
    "hp": ("horsepower", "horsepower"),
    "mol": ("mole", "moles"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hours", "hours"),
    "min": ("minute", "minutes"),
    "mins": ("minutes", "minutes"),
    "sec": ("second", "seconds"),
    "secs": ("seconds", "seconds"),
    "wk": ("week", "weeks"),
    "wks": ("weeks", "weeks"),
    "mo": ("month", "months"),
    "mos": ("months", "months"),
    "yr": ("year", "years"),
    "yrs": ("years", "years"),
    "y/o": ("year old", "years old"),
    "yo": ("year old", "years old"),
    "pct": ("percent", "percent"),
    "pt": ("point", "points"),
    "pts": ("points", "points"),
    "pcs": ("pieces", "pieces"),
    "%": ("percent", "percent"),
    "٪": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "ºC": ("degree Celsius", "degrees Celsius"),
    "ºF": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "º": ("degree", "degrees"),
    "′": ("foot", "feet"),
    "″": ("inch", "inches"),
}
"""One and many, by what is written behind the number."""

LENGTHS = ("mm", "cm", "dm", "m", "km", "ft", "yd", "mi", "in")
"""Those that are squared and cubed."""

UNITS["in"] = ("inch", "inches")

# One, many, and the same of its hundredth.
_DOLLAR = ("dollar", "dollars", "cent", "cents")
CURRENCIES: dict[str, tuple[str, str, str, str]] = {
    "$": _DOLLAR,
    **dict.fromkeys(("US$", "USD", "U.S.$"), ("U.S dollar", "U.S dollars", "cent", "cents")),
    **{
        sign: (f"{country} dollar", f"{country} dollars", "cent", "cents")
        for country, signs in {
            "Canadian": "C$ CA$ CAD",
            "Australian": "A$ AU$ AUD",
            "New Zealand": "NZ$ NZD",
            "Hong Kong": "HK$ HKD",
            "Singapore": "S$ SGD",
            "Taiwan": "NT$ TWD",
        }.items()
        for sign in signs.split()
    },
    **{
        sign: names
        for signs, names in {
            "€ EUR": ("euro", "euros", "cent", "cents"),
            "£ GBP": ("pound", "pounds", "penny", "pence"),
            "₹ Rs Rs. INR": ("rupee", "rupees", "paisa", "paise"),
            "¥ JPY": ("yen", "yen", "", ""),
            "CNY RMB CN¥": ("yuan", "yuan", "", ""),
            "₩ KRW": ("won", "won", "", ""),
            "₽ RUB": ("rouble", "roubles", "", ""),
            "₺ TRY": ("lira", "lira", "", ""),
            "₪ ILS NIS": ("shekel", "shekels", "", ""),
            "₫ VND": ("dong", "dong", "", ""),
            "₱ PHP": ("peso", "pesos", "", ""),
            "₴ UAH": ("hryvnia", "hryvnias", "", ""),
            "₦ NGN": ("naira", "naira", "", ""),
            "฿ THB": ("baht", "baht", "", ""),
            "₿ BTC": ("bitcoin", "bitcoins", "", ""),
            "R$ BRL": ("real", "reais", "", ""),
            "MX$ MXN": ("Mexican peso", "Mexican pesos", "", ""),
            "CHF Fr.": ("Swiss franc", "Swiss francs", "", ""),
            "SEK kr": ("krona", "kronor", "", ""),
            "NOK DKK": ("krone", "kroner", "", ""),
            "zł PLN": ("zloty", "zlotys", "", ""),
            "CZK Kč": ("koruna", "korunas", "", ""),
            "HUF": ("forint", "forints", "", ""),
            "ZAR": ("rand", "rand", "", ""),
            "AED": ("dirham", "dirhams", "", ""),
            "SAR": ("riyal", "riyals", "", ""),
            "¢": ("cent", "cents", "", ""),
        }.items()
        for sign in signs.split()
    },
}
"""By sign or code: one, many, one hundredth, many hundredths ("" where nobody counts them)."""

FRACTIONS = {
    "½": ("1", "2"),
    "⅓": ("1", "3"),
    "⅔": ("2", "3"),
    "¼": ("1", "4"),
    "¾": ("3", "4"),
    "⅕": ("1", "5"),
    "⅖": ("2", "5"),
    "⅗": ("3", "5"),
    "⅘": ("4", "5"),
    "⅙": ("1", "6"),
    "⅚": ("5", "6"),
    "⅐": ("1", "7"),
    "⅛": ("1", "8"),
    "⅜": ("3", "8"),
    "⅝": ("5", "8"),
    "⅞": ("7", "8"),
    "⅑": ("1", "9"),
    "⅒": ("1", "10"),
}

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
