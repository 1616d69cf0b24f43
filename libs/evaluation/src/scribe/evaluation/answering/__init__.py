"""Who answers the requests of a trial: a provider's model, files that anybody can write, or answers kept earlier.

requests.py     one request, its hash and its label
recordings.py   answers kept under the hash of their request
files.py        requests as readable files, answers read from files beside them
providers.py    `provider:model`, `files:DIR`, the stand-ins, or the recordings alone
"""
