"""Spreadsheets for tests: real files, made when they are asked for."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

#: Real companies of another city; beside the project where the project is developed, absent
#: elsewhere.
REAL = (
    Path(__file__).resolve().parent.parent.parent
    / "shared"
    / "data"
    / "enterprises-shenzhen-2019.xlsx"
)
HEADS = (
    "序号",
    "企业名称",
    "统一社会信用代码",
    "成立日期",
    "注册资本",
    "住所",
    "行政区划代码",
    "登记状态",
)


def workbook(rows, heads=HEADS, above=(), merge=None):
    """The bytes of an xlsx with ``rows`` below ``heads``; ``above`` are title rows before them."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (*above, heads, *rows):
        book.active.append(list(row))
    if merge:
        book.active.merge_cells(merge)
    book.save(file)
    return file.getvalue()


def computed(content, results):
    """The workbook with the results (cell → text) of its formulas, as Excel stores them."""
    source, file = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in source.namelist():
            text = source.read(name).decode()
            for cell, result in results.items():
                text = re.sub(
                    rf'<c r="{cell}"><f>(.*?)</f><v ?/>',
                    rf'<c r="{cell}" t="str"><f>\1</f><v>{result}</v>',
                    text,
                )
            bundle.writestr(name, text)
    return file.getvalue()


def upload(content, name="企业.xlsx"):
    """The bytes as a browser sends a file."""
    return SimpleUploadedFile(name, content)
