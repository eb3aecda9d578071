"""The form that signs somebody in."""

from __future__ import annotations

from assessment.web.clinic.fields import Secret, StaffForm, Text, required


class SignInForm(StaffForm):
    """E-mail address and password; whether they are right is not for the form to say."""

    email = Text("E-mail address", [required("Enter your e-mail address")])
    password = Secret("Password", [required("Enter your password")])
