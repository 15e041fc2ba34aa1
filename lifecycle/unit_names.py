"""The units of plants: which there are, what stands before them, and how people write them in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

PREFIXED: Mapping[str, str] = {
    # length, mass, time
    "m": "k c m µ n", "g": "k m µ", "t": "k", "s": "m µ n", "min": "", "h": "", "d": "", "in": "", "ft": "", "mi": "",
    "lb": "", "oz": "",
    # electricity
    "A": "k m µ", "V": "k m µ", "W": "k M G m µ", "VA": "k M", "var": "k M", "Wh": "k M G", "VAh": "k", "varh": "k M",
    "Ah": "k m", "Ω": "k M m", "F": "m µ n p", "S": "m µ",
    # mechanics and pressure
    "N": "k M m", "J": "k M G m", "cal": "k", "Pa": "k M h m G", "bar": "m", "psi": "k", "atm": "", "at": "",
    "kgf": "", "hp": "", "PS": "", "P": "c", "St": "c", "Hz": "k M G", "rad": "m", "°": "",
    # process
    "L": "m h µ", "K": "m", "°C": "", "°F": "", "mol": "k m µ", "%": "", "‰": "", "ppm": "", "ppb": "", "rpm": "",
    "gal": "", "cd": "", "lm": "", "lx": "k", "dB": "", "bit": "k M G", "B": "k M G", "mmHg": "", "inHg": "",
    "mmH2O": "", "inH2O": "", "Bq": "k M", "Sv": "m µ",
}  # fmt: skip
"""Each unit with the prefixes it is used with."""

WORDS: Mapping[str, str] = {
    "米": "m", "千米": "km", "公里": "km", "厘米": "cm", "毫米": "mm", "微米": "µm", "um": "µm", "纳米": "nm",
    "英寸": "in", "inch": "in", "克": "g", "毫克": "mg", "微克": "µg", "ug": "µg", "千克": "kg", "公斤": "kg",
    "吨": "t", "秒": "s", "sec": "s", "毫秒": "ms", "us": "µs", "分": "min", "分钟": "min", "小时": "h", "时": "h",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "天": "d", "日": "d", "day": "d", "days": "d", "安": "A",
    "安培": "A", "毫安": "mA", "伏": "V", "伏特": "V", "千伏": "kV", "毫伏": "mV", "瓦": "W", "千瓦": "kW",
    "兆瓦": "MW", "千伏安": "kVA", "千乏": "kvar", "千瓦时": "kWh", "千瓦·时": "kWh", "兆瓦时": "MWh", "安时": "Ah",
    "ohm": "Ω", "Ohm": "Ω", "kohm": "kΩ", "欧": "Ω", "欧姆": "Ω", "牛": "N", "牛顿": "N", "千牛": "kN", "焦": "J",
    "焦耳": "J", "千焦": "kJ", "兆焦": "MJ", "帕": "Pa", "帕斯卡": "Pa", "千帕": "kPa", "兆帕": "MPa", "百帕": "hPa",
    "巴": "bar", "毫巴": "mbar", "赫": "Hz", "赫兹": "Hz", "千赫": "kHz", "兆赫": "MHz", "cps": "Hz", "度": "°",
    "deg": "°", "弧度": "rad", "升": "L", "l": "L", "ltr": "L", "liter": "L", "litre": "L", "毫升": "mL", "ml": "mL",
    "hl": "hL", "立方米": "m³", "方": "m³", "cbm": "m³", "Nm3": "Nm³", "标方": "Nm³", "标立方米": "Nm³", "Sm3": "Sm³",
    "平方米": "m²", "sqm": "m²", "开": "K", "开尔文": "K", "摄氏度": "°C", "degC": "°C", "deg C": "°C",
    "Celsius": "°C", "华氏度": "°F", "degF": "°F", "deg F": "°F", "Fahrenheit": "°F", "摩尔": "mol", "百分比": "%",
    "pct": "%", "percent": "%", "转": "r", "r": "r", "rev": "r", "U": "r", "流明": "lm", "勒克斯": "lx", "lux": "lx",
    "分贝": "dB", "uS": "µS", "uA": "µA", "uV": "µV", "uF": "µF", "usgal": "gal", "ton": "t", "tonne": "t",
    "mT": "mT", "µT": "µT", "mH": "mH", "µH": "µH",
}  # fmt: skip
"""Other names of one unit."""

ALIASES: Mapping[str, str] = {
    "": "", "-": "", "1": "", "无": "", "none": "", "n/a": "", "rpm": "rpm", "r/min": "rpm", "rev/min": "rpm",
    "U/min": "rpm", "RPM": "rpm", "转/分": "rpm", "转/分钟": "rpm", "转每分": "rpm", "转每分钟": "rpm",
    "min-1": "rpm", "1/min": "rpm", "r/s": "r/s", "转/秒": "r/s", "1/s": "1/s", "s-1": "1/s", "1/h": "1/h",
    "1/d": "1/d", "J/kgK": "J/(kg·K)", "kJ/kgK": "kJ/(kg·K)", "C": "°C", "F": "°F", "°c": "°C", "°f": "°F",
    "lpm": "L/min", "slpm": "L/min(std)", "lps": "L/s", "gpm": "gal/min", "cfm": "ft³/min", "scfm": "scfm",
    "m3/hr": "m³/h", "cmh": "m³/h", "cumecs": "m³/s", "Nm3/h": "Nm³/h", "Nm3/hr": "Nm³/h", "标方/小时": "Nm³/h",
    "kg/cm2": "kgf/cm²", "kg/cm^2": "kgf/cm²", "kgf/cm2": "kgf/cm²", "mWC": "mH2O", "mH2O": "mH2O", "米水柱": "mH2O",
    "mmWC": "mmH2O", "inWC": "inH2O", "毫米汞柱": "mmHg", "毫米水柱": "mmH2O", "mm/s rms": "mm/s", "mm/s RMS": "mm/s",
    "mm/s r.m.s.": "mm/s", "gE": "gE", "g rms": "g", "Nm": "N·m", "牛米": "N·m", "牛·米": "N·m", "kNm": "kN·m",
    "pH": "pH", "PH": "pH", "%RH": "%RH", "RH": "%RH", "RH%": "%RH", "rH": "%RH", "%rH": "%RH", "% RH": "%RH",
    "%rF": "%RH", "相对湿度": "%RH", "NTU": "NTU", "FNU": "FNU", "dBA": "dB(A)", "dB(A)": "dB(A)", "dBm": "dBm",
    "cosφ": "cosφ", "cosphi": "cosφ", "cos phi": "cosφ", "功率因数": "cosφ", "count": "count", "counts": "count",
    "cnt": "count", "pcs": "count", "个": "count", "件": "count", "次": "count", "vol%": "%(vol)", "%vol": "%(vol)",
    "wt%": "%(wt)", "%LEL": "%LEL", "ppmv": "ppm",
}  # fmt: skip
"""What is read as a whole: `Nm³/h` is no newton metre, `kg/cm²` is a pressure, `pH` is no henry."""

WHATEVER_THE_CASE: Mapping[str, str] = {
    "mpa": "MPa", "kpa": "kPa", "pa": "Pa", "mvar": "Mvar", "mva": "MVA", "mwh": "MWh", "mj": "MJ", "mhz": "MHz",
    "mohm": "MΩ", "c": "°C", "l": "L", "ml": "mL", "hz": "Hz", "kw": "kW", "bar": "bar", "ma": "mA", "mv": "mV",
    "kv": "kV", "m": "m", "t": "t", "h": "h", "s": "s", "v": "V", "w": "W", "n": "N",
}  # fmt: skip
"""What is meant where the case of the letters was not minded."""

FOR_PINT: Mapping[str, str] = {"PS": "metric_horsepower", "%": "percent", "‰": "permille", "°": "degree"}
"""What pint calls a unit that it would take for another one."""

NOT_CONVERTED = frozenset(
    {
        "pH",
        "%RH",
        "NTU",
        "FNU",
        "dB",
        "dB(A)",
        "dBm",
        "cosφ",
        "gE",
        "count",
        "Nm³",
        "Nm³/h",
        "Sm³",
        "scfm",
        "L/min(std)",
    }
    | {"%(vol)", "%(wt)", "%LEL", "r/s", "mH2O"}
)
"""What has no factor to anything else."""
