"""What the invented nodes of the sample network say of themselves, in English and French."""

from flask_maillage.standing import writing
from flask_maillage.standing.models import FOOTER, MENU

PAGES = (
    (
        "about",
        MENU,
        {
            "en": (
                "About",
                "Unions, associations and local authorities of this network share one noticeboard: their calls, their "
                "events and what they have begun.\n\nEach organisation writes for itself, on a node that it or a "
                "partner runs; what it publishes reaches all the others.\n\n## Taking part\n\nReading needs no "
                "account. Follow a page by feed, or from Mastodon and Mobilizon. Whoever wants to publish writes to "
                "the people who run this node.",
            ),
            "fr": (
                "À propos",
                "Les syndicats, associations et collectivités de ce réseau partagent un même panneau d’affichage : "
                "leurs appels, leurs événements et ce qu’ils ont mis en route.\n\nChaque organisation écrit en son "
                "nom, sur un nœud qu’elle gère elle-même ou que gère un partenaire ; ce qu’elle publie parvient à "
                "toutes les autres.\n\n## Participer\n\nLire ne demande aucun compte. Suivez une page par flux, ou "
                "depuis Mastodon et Mobilizon. Pour publier, écrivez aux personnes qui gèrent ce nœud.",
            ),
        },
    ),
    (
        "charter",
        FOOTER,
        {
            "en": (
                "Charter of the network",
                "1. Members say who they are, and publish in their own name.\n2. A call says who decides, on which "
                "grounds and until when; those who answered hear the reasons.\n3. What members learn together is "
                "published for everyone.\n4. Personal data are kept for as long as they are needed, and no longer.",
            ),
            "fr": (
                "Charte du réseau",
                "1. Les membres disent qui ils sont et publient en leur nom.\n2. Un appel dit qui décide, selon quels "
                "critères et jusqu’à quand ; celles et ceux qui ont répondu en apprennent les raisons.\n3. Ce que les "
                "membres apprennent ensemble est publié pour tout le monde.\n4. Les données personnelles sont "
                "conservées aussi longtemps qu’il le faut, et pas davantage.",
            ),
        },
    ),
    (
        "etcc",
        FOOTER,
        {
            "en": (
                "What an ETCC is",
                "A shared working space of a project: a wiki, a chat, a pad, a cloud, a board and a video room, chosen "
                "by its members. A project page links to each of them, so that newcomers find the way in.",
            ),
            "fr": (
                "Qu’est-ce qu’un ETCC ?",
                "L’espace de travail commun d’un projet : un wiki, une messagerie, un bloc-notes, un espace de "
                "fichiers, un tableau et une salle vidéo, choisis par ses membres. La page du projet mène à chacun "
                "d’eux, pour que les nouveaux venus s’y retrouvent.",
            ),
        },
    ),
    (
        "legal-notice",
        FOOTER,
        {
            "en": (
                "Legal notice",
                "This node belongs to a demonstration on one machine: nobody publishes it, and nobody real has an "
                "account on it.\n\nOn a node of your own, name here who publishes, who hosts, and whom to ask about "
                "personal data.",
            ),
            "fr": (
                "Mentions légales",
                "Ce nœud fait partie d’une démonstration sur une seule machine : personne ne l’édite, et personne de "
                "réel n’y a de compte.\n\nSur votre propre nœud, indiquez ici qui édite, qui héberge, et à qui "
                "s’adresser au sujet des données personnelles.",
            ),
        },
    ),
)


def add_pages() -> None:
    """Write the four pages on this node."""
    for slug, linked, texts in PAGES:
        page = writing.add(slug)
        for language, (title, text) in texts.items():
            writing.write(page, language, title, text)
        writing.settle(page, linked=linked, is_published=True)
