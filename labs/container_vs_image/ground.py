"""What the lab stands on: its images, the values of a student, and the menu that was printed before anybody came."""

from labrunner import Docker, Fact, Lab, expect

lab = Lab(__file__)
lab.graded("own-engine")

nginx = lab.image("nginx:1.22")
busybox = lab.image("busybox:1.35")
web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")

tea = lab.value("tea")
cake = lab.value("cake")
page = lab.value("page")
special = lab.value("special")
guest = lab.value("guest")

edition = lab.value("edition")
window_edition = lab.value("window_edition")
printer_code = lab.secret("printer_code")
window_code = lab.secret("window_code")
soup_code = lab.secret("soup_code")
noodles_code = lab.secret("noodles_code")
note_code = lab.secret("note_code")


# Printed, and hung in the window once: there somebody wrote on it in the night, and it has been closed since.
lab.prepare("""
mkdir menu
touch menu/no-{tea} menu/no-{cake} menu/no-{soup_code} menu/no-{noodles_code}
echo {printer_code} > menu/printer
docker create --name lr-press {nginx}
docker cp menu lr-press:/menu
docker commit --change 'ENV EDITION={edition}' -m 'the printed menu' lr-press lr-menu:1
docker rm lr-press
docker create --name lr-window --network none -e EDITION={window_edition} lr-menu:1 sh /night
printf '%s\\n' 'cd /menu' 'echo sold out >> no-{soup_code}' 'rm no-{noodles_code}' 'touch note-{note_code}' > night
printf '%s\\n' 'echo {window_code} > printer' 'rm /night' >> night
docker cp night lr-window:/night
docker start -a lr-window
""")

# A diary that nobody has written in yet.
lab.prepare("docker run -d --name lr-diary {nginx}")


def expect_made_of(docker: Docker, container: str, image: str) -> None:
    """Demand that a container was made of the very image that bears this name now."""
    wanted = docker.image(image).id
    expect(wanted).is_there()
    expect(docker.container(container).image_id).equals(wanted.value)


def holds(text: Fact[str], wanted: str) -> Fact[bool]:
    """Return whether a text holds something."""
    return text.map(lambda said: wanted in said, f"holds {wanted}")
