"""What a browser sends for a form that a page shows, hidden fields and all."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the successful controls of the forms of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.form = [], None
        self.select, self.options, self.textarea, self.disabled = None, [], None, False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.form = {"": given.get("method", "get")}
            self.forms.append(self.form)
        elif tag == "fieldset":
            self.disabled = "disabled" in given
        elif self.form is None or self.disabled:
            return
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "select":
            self.select, self.options = given["name"], []
        elif tag == "option" and self.select:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.textarea = (given["name"], [])

    def _input(self, given):
        kind = given.get("type", "text")
        if kind == "search" or "disabled" in given:
            return
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                self._add(given["name"], given.get("value", "on"))
        else:
            self._add(given["name"], given.get("value", ""))

    def _add(self, name, value):
        self.form.setdefault(name, []).append(value)

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "fieldset":
            self.disabled = False
        elif tag == "select" and self.select:
            chosen = [value for value, is_chosen in self.options if is_chosen]
            first = [value for value, _is_chosen in self.options[:1]]
            for value in chosen or first:
                self._add(self.select, value)
            self.select = None
        elif tag == "textarea" and self.textarea:
            name, parts = self.textarea
            # A browser drops the line break after the tag, and sends both characters of others.
            text = "".join(parts).removeprefix("\n")
            self._add(name, text.replace("\r\n", "\n").replace("\n", "\r\n"))
            self.textarea = None


def sent(page, holding, among=()):
    """Return what is sent when a form is sent as it is shown.

    `holding` is the name of a control that the form has; of several such forms it is the one that
    has most of the controls `among`.
    """
    reader = _Reader()
    reader.feed(page.text)
    found = [form for form in reader.forms if form[""].lower() == "post" and holding in form]
    form = max(found, key=lambda one: len(set(among) & one.keys()))
    return {name: values for name, values in form.items() if name}
