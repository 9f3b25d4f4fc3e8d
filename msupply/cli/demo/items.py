"""Items of the demonstration: a choice from the WHO model list of essential medicines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoItem:
    """One item; `price` is in home currency per pack."""

    code: str
    name: str
    unit: str
    pack_size: int
    price: float
    ven: str
    category: str
    doses: int = 0
    hospital_only: bool = False


# category: code, name with strength, unit, pack size, price of a pack, VEN
_MEDICINES: dict[str, list[tuple[str, str, str, int, float, str]]] = {
    "Pain and fever": [
        ("para500", "Paracetamol 500mg tablet", "Tablet", 100, 0.9, "V"),
        ("para120", "Paracetamol 120mg/5ml oral liquid, 100ml", "Bottle", 1, 0.6, "E"),
        ("ibu400", "Ibuprofen 400mg tablet", "Tablet", 100, 1.4, "E"),
        ("aspi300", "Acetylsalicylic acid 300mg tablet", "Tablet", 100, 0.8, "N"),
        ("morp10", "Morphine 10mg/ml injection, 1ml", "Ampoule", 10, 6.5, "V"),
    ],
    "Antibiotics": [
        ("amox250", "Amoxicillin 250mg dispersible tablet", "Tablet", 100, 2.1, "V"),
        ("amox500", "Amoxicillin 500mg capsule", "Capsule", 100, 3.4, "V"),
        ("amoclav", "Amoxicillin + clavulanic acid 500mg + 125mg tablet", "Tablet", 100, 11.5, "E"),
        ("azit500", "Azithromycin 500mg tablet", "Tablet", 3, 0.7, "E"),
        ("ceft1g", "Ceftriaxone 1g powder for injection", "Vial", 10, 7.2, "V"),
        ("cipr500", "Ciprofloxacin 500mg tablet", "Tablet", 100, 2.6, "E"),
        ("clox250", "Cloxacillin 250mg capsule", "Capsule", 100, 3.1, "E"),
        ("cotr480", "Sulfamethoxazole + trimethoprim 400mg + 80mg tablet", "Tablet", 100, 1.6, "V"),
        ("doxy100", "Doxycycline 100mg tablet", "Tablet", 100, 1.9, "E"),
        ("ery250", "Erythromycin 250mg tablet", "Tablet", 100, 4.2, "E"),
        ("gent80", "Gentamicin 40mg/ml injection, 2ml", "Ampoule", 10, 1.3, "V"),
        ("metr200", "Metronidazole 200mg tablet", "Tablet", 100, 1.1, "E"),
        ("benz24", "Benzathine benzylpenicillin 2.4 million IU injection", "Vial", 10, 4.8, "V"),
    ],
    "Malaria": [
        ("al6", "Artemether + lumefantrine 20mg + 120mg tablet, 6", "Tablet", 6, 0.35, "V"),
        ("al12", "Artemether + lumefantrine 20mg + 120mg tablet, 12", "Tablet", 12, 0.6, "V"),
        ("al18", "Artemether + lumefantrine 20mg + 120mg tablet, 18", "Tablet", 18, 0.85, "V"),
        ("al24", "Artemether + lumefantrine 20mg + 120mg tablet, 24", "Tablet", 24, 1.1, "V"),
        ("arte60", "Artesunate 60mg injection", "Vial", 1, 1.6, "V"),
        ("sp", "Sulfadoxine + pyrimethamine 500mg + 25mg tablet", "Tablet", 150, 7.5, "E"),
        ("rdtmal", "Malaria rapid diagnostic test", "Piece", 25, 8.2, "V"),
    ],
    "Tuberculosis and HIV": [
        (
            "rhze",
            "Rifampicin + isoniazid + pyrazinamide + ethambutol tablet",
            "Tablet",
            672,
            38.0,
            "V",
        ),
        ("rh", "Rifampicin + isoniazid 150mg + 75mg tablet", "Tablet", 672, 21.0, "V"),
        ("inh300", "Isoniazid 300mg tablet", "Tablet", 100, 1.5, "E"),
        (
            "tld",
            "Tenofovir + lamivudine + dolutegravir 300mg + 300mg + 50mg",
            "Tablet",
            90,
            10.9,
            "V",
        ),
        ("nvp", "Nevirapine 50mg/5ml oral liquid, 100ml", "Bottle", 1, 1.5, "V"),
        ("rdthiv", "HIV rapid diagnostic test", "Piece", 20, 16.0, "V"),
    ],
    "Diarrhoea, vitamins, worms": [
        ("ors", "Oral rehydration salts, sachet for 1 litre", "Sachet", 100, 6.4, "V"),
        ("zin20", "Zinc sulfate 20mg dispersible tablet", "Tablet", 100, 1.7, "V"),
        ("alb400", "Albendazole 400mg chewable tablet", "Tablet", 100, 2.3, "E"),
        ("meb500", "Mebendazole 500mg chewable tablet", "Tablet", 100, 2.2, "E"),
        ("vita200", "Retinol (vitamin A) 200,000 IU capsule", "Capsule", 500, 11.0, "E"),
        ("fefol", "Ferrous salt + folic acid 60mg + 0.4mg tablet", "Tablet", 1000, 4.6, "E"),
        ("folic5", "Folic acid 5mg tablet", "Tablet", 1000, 3.9, "E"),
        ("praz600", "Praziquantel 600mg tablet", "Tablet", 100, 9.4, "N"),
    ],
    "Heart, diabetes, lungs": [
        ("amlo5", "Amlodipine 5mg tablet", "Tablet", 100, 0.9, "E"),
        ("enal5", "Enalapril 5mg tablet", "Tablet", 100, 1.0, "E"),
        ("hctz25", "Hydrochlorothiazide 25mg tablet", "Tablet", 100, 0.7, "E"),
        ("furo40", "Furosemide 40mg tablet", "Tablet", 100, 0.8, "E"),
        ("bisop5", "Bisoprolol 5mg tablet", "Tablet", 100, 2.9, "N"),
        ("simv20", "Simvastatin 20mg tablet", "Tablet", 100, 2.0, "N"),
        ("metf500", "Metformin 500mg tablet", "Tablet", 100, 1.2, "V"),
        ("glic80", "Gliclazide 80mg tablet", "Tablet", 100, 1.8, "E"),
        ("insreg", "Insulin, soluble 100 IU/ml injection, 10ml", "Vial", 1, 5.2, "V"),
        ("insnph", "Insulin, isophane 100 IU/ml injection, 10ml", "Vial", 1, 5.2, "V"),
        ("salbinh", "Salbutamol 100 micrograms/dose inhaler", "Piece", 1, 1.3, "V"),
        ("beclinh", "Beclometasone 100 micrograms/dose inhaler", "Piece", 1, 2.4, "E"),
        ("pred5", "Prednisolone 5mg tablet", "Tablet", 100, 1.3, "E"),
    ],
    "Mothers and newborns": [
        ("oxy10", "Oxytocin 10 IU/ml injection, 1ml", "Ampoule", 10, 3.2, "V"),
        ("miso200", "Misoprostol 200 micrograms tablet", "Tablet", 60, 8.0, "V"),
        ("mgso4", "Magnesium sulfate 50% injection, 10ml", "Ampoule", 10, 4.4, "V"),
        ("chlx71", "Chlorhexidine 7.1% gel for cord care, 20g", "Tube", 1, 0.5, "E"),
        ("coc", "Ethinylestradiol + levonorgestrel tablet, cycle", "Piece", 100, 24.0, "E"),
        ("dmpa", "Medroxyprogesterone 150mg/ml depot injection", "Vial", 25, 21.0, "E"),
        ("condm", "Condom, male", "Piece", 144, 3.0, "E"),
    ],
    "Hospital": [
        ("adre1", "Epinephrine 1mg/ml injection, 1ml", "Ampoule", 10, 2.8, "V"),
        ("atro1", "Atropine 1mg/ml injection, 1ml", "Ampoule", 10, 2.2, "V"),
        ("diaz5", "Diazepam 5mg/ml injection, 2ml", "Ampoule", 10, 2.0, "V"),
        ("keta50", "Ketamine 50mg/ml injection, 10ml", "Vial", 10, 12.0, "V"),
        ("lido2", "Lidocaine 2% injection, 20ml", "Vial", 10, 6.0, "V"),
        ("nacl", "Sodium chloride 0.9% infusion, 1 litre", "Bottle", 10, 7.5, "V"),
        ("ringer", "Ringer lactate infusion, 1 litre", "Bottle", 10, 8.0, "V"),
        ("gluc5", "Glucose 5% infusion, 1 litre", "Bottle", 10, 7.5, "E"),
    ],
    "Dressing and skin": [
        ("povi10", "Povidone iodine 10% solution, 200ml", "Bottle", 1, 1.4, "E"),
        ("sulfad", "Silver sulfadiazine 1% cream, 50g", "Tube", 1, 1.2, "E"),
        ("clotri", "Clotrimazole 1% cream, 20g", "Tube", 1, 0.4, "N"),
        ("tetreye", "Tetracycline 1% eye ointment, 5g", "Tube", 1, 0.3, "E"),
        ("gauze", "Gauze roll, 90cm x 91m", "Piece", 1, 9.0, "E"),
        ("glovem", "Gloves, examination, medium", "Piece", 100, 4.0, "V"),
        ("syr05ad", "Syringe, auto-disable, 0.5ml with needle", "Piece", 100, 4.5, "V"),
        ("syr5", "Syringe, re-use prevention, 5ml with needle", "Piece", 100, 5.0, "V"),
        ("sbox5", "Safety box, 5 litres", "Piece", 25, 13.0, "V"),
    ],
}
# code, name, doses of a vial, price of a vial
_VACCINES = [
    ("bcg20", "BCG vaccine, 20 doses", 20, 2.6),
    ("bopv10", "Polio vaccine, oral bivalent, 10 doses", 10, 1.9),
    ("ipv5", "Polio vaccine, inactivated, 5 doses", 5, 9.5),
    ("penta10", "DTP + hepatitis B + Hib vaccine, 10 doses", 10, 8.4),
    ("pcv4", "Pneumococcal conjugate vaccine, 4 doses", 4, 11.6),
    ("rota1", "Rotavirus vaccine, oral, 1 dose", 1, 1.8),
    ("mr10", "Measles and rubella vaccine, 10 doses", 10, 6.6),
    ("td10", "Tetanus and diphtheria vaccine, 10 doses", 10, 1.5),
    ("hpv1", "Human papillomavirus vaccine, 1 dose", 1, 4.5),
]
VACCINES = "Vaccines"

ITEMS = [
    DemoItem(*row, category, hospital_only=category == "Hospital")
    for category, rows in _MEDICINES.items()
    for row in rows
] + [
    DemoItem(code, name, "Vial", 1, price, "V", VACCINES, doses)
    for code, name, doses, price in _VACCINES
]
