from playwright.sync_api import expect

from tests.e2e.scene import PASSWORD, stranger


def test_somebody_signs_in_where_they_were_going_and_out_again(page, office):
    page.goto(office.at("settings"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail").fill(office.manager.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Preferences")).to_be_visible()
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(office.at("settings"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told_at_the_form(page, office):
    page.goto(f"{office.address}/sign-in")
    page.get_by_label("E-mail").fill(office.manager.email)
    page.get_by_label("Password").first.fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("password")


def test_after_signing_in_nobody_is_led_away_from_here(page, office):
    page.goto(f"{office.address}/sign-in?next=//elsewhere.example/")
    page.get_by_label("E-mail").fill(office.manager.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert page.url.startswith(f"{office.address}/")


def test_a_newcomer_signs_up_and_makes_a_workspace(page, server):
    page.goto(f"{server}/sign-in")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Your name").fill("Nora New")
    page.get_by_label("E-mail").fill("nora@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Name of the workspace").fill("Nora's desk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Nora's desk")).to_be_visible()


def test_somebody_in_no_workspace_is_led_to_making_one(page, server):
    alone = stranger(server, "Alone")
    alone.client.close()
    page.goto(f"{server}/sign-in")
    page.get_by_label("E-mail").fill(alone.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Make a workspace")).to_be_visible()
