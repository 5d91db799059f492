"""A simulated platform: phones of a world's people, in a process and a store of its own.

It stands where WeCom and an SMS gateway stand in a real house, so it shares nothing with the product but HTTP: no
Django, no tables, no clock (business time comes with each call). `python -m potager.touch.simulator --help`.
"""
