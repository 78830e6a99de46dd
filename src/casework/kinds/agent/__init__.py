"""Performs the steps of the kind `agent`: a language model, its tools, and the people whom it has to ask.

After every turn of the model and every call of a tool the step's memory is committed, and the next attempt goes on from
there: what was asked and what was done is not asked and done again. A call that needs approval is not made before a
person has seen it as it is; then exactly that call is made, once.
"""
