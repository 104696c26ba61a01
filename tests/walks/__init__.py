"""Twelve walks: persons who come to the bot, each as they really type, and where it leaves them.

``*.txt`` has a walk in the format of ``tests.talk_script``; the head of each says who comes, and
what must be seen. ``playing`` plays them on three platforms, ``reading`` writes down what somebody
with Telegram sees, ``ending`` reads from the store how it ended, and ``sheets`` holds questions,
right answers, and what somebody answered who was given the transcript and nothing else.
``python -m tests.walks`` gives a walk to such a reader, and takes their answers.
"""
