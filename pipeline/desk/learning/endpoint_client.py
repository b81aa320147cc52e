"""Asks a language model about one passage, over OpenAI's protocol; what it answers is checked."""

from __future__ import annotations

import asyncio
import os
import re
from typing import Annotated, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.ground.problems import Mendable, first_line
from pipeline.model.passages import normalise
from pipeline.model.scheme import LANGUAGES
from pipeline.tagger.readers.codebook_prompt import Prompt
from pipeline.tagger.readers.endpoint_reader import EndpointOptions, Questions
from pipeline.tagger.readers.kept_answers import Answer

PAUSE = 1.0  # seconds before a question is asked again; each time twice as long
_THOUGHT = re.compile(r"\A.*</think>", re.DOTALL)
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_TRY_AGAIN = (408, 429)
Message = dict[str, str]


class NotAnswered(Exception):
    """A passage stays unread, and why; others may be answered."""


class _Said(BaseModel):
    """What the model is to answer: a number for each code, and words that decide."""

    model_config = ConfigDict(extra="ignore")

    codes: dict[str, Annotated[float, Field(ge=0, le=100)]]
    words: dict[str, str] = {}


class _Spoken(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Spoken


class _Completion(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]


class EndpointClient:
    """A connection to the model of a project, to be entered before it is asked."""

    def __init__(self, options: EndpointOptions, questions: Questions) -> None:
        self._options = options
        self._questions = questions
        self._http = httpx.AsyncClient(
            base_url=f"{options.address}/",
            headers=_headers(options),
            timeout=options.timeout,
            follow_redirects=False,
            trust_env=not options.is_here,  # what stays on this machine passes no proxy
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, language: str, text: str) -> Answer:
        """Raises NotAnswered after all tries, and Mendable where no other passage would do."""
        language = language if language in LANGUAGES else LANGUAGES[0]
        says, text = Prompt(language), normalise(text)
        messages: list[Message] = [
            {"role": "system", "content": self._questions.told[language]},
            {"role": "user", "content": says("read.passage", text=text)},
        ]
        fault = ""
        for turn in range(self._options.tries):
            if turn:
                await asyncio.sleep(PAUSE * 2 ** (turn - 1))
            try:
                said = await self._said(messages)
            except NotAnswered as error:
                fault = str(error)
                continue
            try:
                return self._answer(said, text)
            except ValueError as error:
                fault = _fault_of(error)
                messages = [
                    *messages[:2],
                    {"role": "assistant", "content": said},
                    {"role": "user", "content": says("read.again", fault=fault)},
                ]
        raise NotAnswered(fault)

    async def _said(self, messages: list[Message]) -> str:
        body = {
            "model": self._options.model,
            "messages": messages,
            "temperature": 0,
            "seed": 0,
            "response_format": {"type": "json_object"},
        }
        where = self._options.address
        try:
            response = await self._http.post("chat/completions", json=body)
        except httpx.ConnectError:
            raise Mendable([f"No server answers at {where}. Start it, and ask again."]) from None
        except httpx.TimeoutException:
            raise NotAnswered(f"no answer within {self._options.timeout:g} seconds") from None
        except httpx.HTTPError as error:
            raise NotAnswered(f"the connection broke ({type(error).__name__})") from None
        if response.status_code in _TRY_AGAIN or response.status_code >= 500:
            raise NotAnswered(f"the server answered {response.status_code}")
        if response.status_code != 200:
            reason = f"{where} answered {response.status_code}: {first_line(response.text)}"
            raise Mendable([reason, "See 'endpoint' in coding/tagger.yml."])
        try:
            return _Completion.model_validate_json(response.content).choices[0].message.content
        except ValidationError:
            raise NotAnswered("the server does not speak OpenAI's protocol") from None

    def _answer(self, said: str, text: str) -> Answer:
        """Raises ValueError for what is no answer to the questions."""
        found = _OBJECT.search(_THOUGHT.sub("", said))
        if found is None:
            raise ValueError("no JSON object")
        answer = _Said.model_validate_json(found[0])
        codes = self._questions.codes
        if missing := [code for code in codes if code not in answer.codes]:
            raise ValueError(f"no number for {', '.join(missing)}")
        if unknown := answer.codes.keys() - set(codes):
            raise ValueError(f"no such code: {', '.join(sorted(unknown))}")
        places = {
            code: (start, start + len(words))
            for code, words in answer.words.items()
            if code in codes and words and (start := text.find(words)) >= 0
        }
        return Answer({code: round(answer.codes[code] / 100, 3) for code in codes}, places)


def _fault_of(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()
    return str(error)


def _headers(options: EndpointOptions) -> dict[str, str]:
    if not options.key:
        return {}
    if not (key := os.environ.get(options.key)):
        reason = f"The environment variable {options.key}, which should hold the key, is not set."
        raise Mendable([reason])
    return {"Authorization": f"Bearer {key}"}
